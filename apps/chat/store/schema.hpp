// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "apps/chat/store/sqlite.hpp"

namespace parley::chat {

/// The steps from an empty file to the tables of this version: step n makes schema n of schema n - 1, and is never
/// changed once a file may have it.
[[nodiscard]] std::span<const char* const> schema_steps();

/// Brings a database to the last schema of `steps`. A file that has an older one is copied before, beside itself, as
/// `FILE.schema-N`. Throws StoreError for a file of a newer version or of another program; it is as it was then, and as
/// it was when anything else fails.
void bring_up_to_date(Database& database, std::span<const char* const> steps);

}  // namespace parley::chat
