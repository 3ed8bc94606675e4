// SPDX-License-Identifier: MIT
#pragma once

/// The front door of what speaks to servers.
///
/// | What | Where |
/// |---|---|
/// | HTTP requests on a loop | parley/client/http_client.hpp |
/// | requests, bodies and answers | parley/client/http_message.hpp |
/// | how servers are reached: time-outs, proxies | parley/client/dial_options.hpp |
/// | values of any kind | parley/json.hpp |

#include "parley/base/language.hpp"

#include "parley/client/dial_options.hpp"  // IWYU pragma: export
#include "parley/client/http_client.hpp"   // IWYU pragma: export
#include "parley/client/http_message.hpp"  // IWYU pragma: export
#include "parley/json.hpp"                 // IWYU pragma: export
