// SPDX-License-Identifier: MIT
#include "parley/web/upload.hpp"

#include <memory>
#include <optional>
#include <string>

#include "parley/web/exchange.hpp"
#include "parley/web/http_error.hpp"

namespace parley {

namespace {

struct FormReader {
    FormReader(web::Exchange& its_exchange, std::string_view boundary, const FormLimits& limits)
        : exchange(its_exchange), parser(boundary, limits) {}

    void receive(std::string_view octets) {
        parser.receive(octets);
        drain();
    }

    void end() {
        parser.receive_eof();
        drain();
        if (exchange.is_open() && handlers.on_end) handlers.on_end();
    }

    web::Exchange& exchange;  // which owns this, by its handlers
    http::MultipartParser parser;
    FormHandlers handlers = {};

 private:
    void drain() {
        using Kind = http::MultipartEvent::Kind;
        while (exchange.is_open()) {
            const std::optional<http::MultipartEvent> event = parser.next_event();
            if (!event) return;
            if (event->kind == Kind::failed) throw HttpError(event->status, event->reason);
            if (event->kind == Kind::part_began && handlers.on_part) handlers.on_part(parser.part());
            if (event->kind == Kind::data_received && handlers.on_data) handlers.on_data(event->data);
            if (event->kind == Kind::part_ended && handlers.on_part_end) handlers.on_part_end();
        }
    }
};

}  // namespace

void Upload::on_data(Function<void(std::string_view)> handler) const {
    web::Exchange::check_thread(response_, "Upload::on_data()");
    if (response_.is_open()) web::Exchange::of(response_).set_data_handler(std::move(handler));
}

void Upload::on_end(Function<void()> handler) const {
    web::Exchange::check_thread(response_, "Upload::on_end()");
    if (response_.is_open()) web::Exchange::of(response_).set_end_handler(std::move(handler));
}

void Upload::pause() const {
    web::Exchange::check_thread(response_, "Upload::pause()");
    if (response_.is_open()) web::Exchange::of(response_).hold_body(true);
}

void Upload::resume() const {
    web::Exchange::check_thread(response_, "Upload::resume()");
    if (response_.is_open()) web::Exchange::of(response_).hold_body(false);
}

void receive_form(const Response& response, FormHandlers handlers, const FormLimits& limits) {
    web::Exchange::check_thread(response, "receive_form()");
    if (!response.is_open()) return;
    web::Exchange& exchange = web::Exchange::of(response);
    const std::string_view type = exchange.request().header("Content-Type");
    const std::optional<std::string> boundary = http::multipart_boundary(type);
    if (!boundary) throw HttpError(415, "this takes a form of the type multipart/form-data");
    auto reader = std::make_shared<FormReader>(exchange, *boundary, limits);
    reader->handlers = std::move(handlers);
    const Upload upload(response);
    upload.on_data([reader](std::string_view part) { reader->receive(part); });
    upload.on_end([reader] { reader->end(); });
}

}  // namespace parley
