// SPDX-License-Identifier: MIT
#include "apps/chat/capped_log.hpp"

#include <string>

#include "apps/chat/wording.hpp"

namespace parley::chat {

void CappedLog::add(std::string_view line, TimePoint now) {
    if (!write_) return;
    if (!rate_.take(now)) {
        ++left_out_;
        return;
    }
    if (left_out_ > 0) write_("(" + std::to_string(std::exchange(left_out_, 0)) + " lines left out: too many at once)");
    write_(printable(line));
}

}  // namespace parley::chat
