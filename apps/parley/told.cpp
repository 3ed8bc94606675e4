// SPDX-License-Identifier: MIT
#include "apps/parley/told.hpp"

#include "apps/chat/wording.hpp"

namespace parley {

std::string told(const ConnectError& error) {
    if (error.is_refusal) {
        std::string text = "The namespace refused: " + chat::printable(error.message);
        if (!error.data.is_null()) text += " " + chat::printable(to_json(error.data));
        return text;
    }
    std::string text = error.description.empty() ? error.message : error.description;
    if (!error.body.empty()) text += " It said: " + error.body;
    return chat::printable(text);
}

}  // namespace parley
