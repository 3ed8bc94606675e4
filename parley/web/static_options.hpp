// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace parley {

/// How `Response::send_file` answers.
struct SendFileOptions {
    std::string content_type = {};   ///< empty: by the extension
    std::string cache_control = {};  ///< empty: `public, max-age=0`
};

/// How `Application::serve_static` answers.
struct StaticOptions {
    std::string index = "index.html";  ///< sent for a directory; empty: directories are not found
    std::string cache_control = {};    ///< empty: `public, max-age=0`
    bool follow_symlinks = false;      ///< follow links that stay beneath the directory
    bool serve_dotfiles = false;       ///< find files and directories whose name begins with a dot
};

}  // namespace parley
