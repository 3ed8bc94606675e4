// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <utility>

#include "parley/base/function.hpp"
#include "parley/http/form.hpp"
#include "parley/http/multipart.hpp"
#include "parley/web/response.hpp"
#include "parley/web/route_body.hpp"

namespace parley {

using http::FormFile;
using http::FormLimits;
using http::FormPart;

/// The body of a request that comes a piece at a time, on a route that says so:
///
///     app.put("/films/:id", parley::StreamedBody{.bytes_max = 4'000'000'000},
///             [](parley::Request& request, parley::Response response) {
///                 auto file = std::make_shared<std::ofstream>("films/new", std::ios::binary);
///                 const parley::Upload upload(response);
///                 upload.on_data([file](std::string_view part) { *file << part; });
///                 upload.on_end([response] { response.send_status(201); });
///             });
///
/// A small handle to copy anywhere, like the `Response` that it is made of. Nothing is read before `on_end` is set, nor
/// while it is paused: the peer then waits, and the time does not count against it. A client that waits for
/// `100 Continue` gets it when `on_end` is set.
///
/// The handler may answer before the end: what comes of the body then is for nobody, and the connection closes behind
/// the answer. A body that becomes longer than the route's limit is answered 413, one that comes too slowly 408, a
/// malformed one 400: neither handler is called any more, and `Response::on_finish` tells the status. If the peer goes
/// away, `Response::on_abort` does. What a handler throws is answered as what the route's does. Both are destroyed when
/// the request is answered or over, and may own copies of the response, also the last ones. On a route without
/// `StreamedBody` the body comes in one piece. Of the application's thread.
class Upload {
 public:
    explicit Upload(Response response) : response_(std::move(response)) {}

    /// Calls `handler` with each piece, a view that is valid during the call; replaces an earlier one.
    void on_data(Function<void(std::string_view part)> handler) const;
    /// Calls `handler` once behind the last piece; replaces an earlier one. From now on pieces come, soon.
    void on_end(Function<void()> handler) const;

    /// Lets no further piece come until `resume`, so that a slow disk or another slow reader is not overrun; about 64
    /// KiB more are kept for the peer meanwhile.
    void pause() const;
    void resume() const;

 private:
    Response response_;
};

/// What is done with the parts of a form as they come.
struct FormHandlers {
    /// A part begins; the object is valid during the call.
    Function<void(const FormPart& part)> on_part = {};
    /// The next piece of that part, valid during the call.
    Function<void(std::string_view data)> on_data = {};
    Function<void()> on_part_end = {};
    /// Behind the last part. Only now is the form known to be whole.
    Function<void()> on_end = {};
};

/// Takes a form of the type `multipart/form-data` a piece at a time, for files that are too large to keep: of a route
/// with `StreamedBody`, as an `Upload` does, which may pause it. Throws `HttpError` (415) where the request says no
/// such type; one that is malformed is answered 400, one beyond `limits` 413. RFC 7578.
void receive_form(const Response& response, FormHandlers handlers, const FormLimits& limits = {});

}  // namespace parley
