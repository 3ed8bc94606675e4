// SPDX-License-Identifier: MIT
// An HTTP application that fetch and raw sockets are pointed at: forms, uploads, and pages of other origins.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "parley/web.hpp"

using namespace std::chrono_literals;
using parley::Request;
using parley::Response;

namespace {

// What came of a body, without keeping it.
struct Digest {
    std::size_t octets = 0;
    std::uint32_t sum = 0;

    void add(std::string_view data) {
        octets += data.size();
        for (const char c : data)
            sum = sum * 31 + static_cast<unsigned char>(c);
    }
    [[nodiscard]] std::string text() const { return std::to_string(octets) + " " + std::to_string(sum); }
};

void take_form(Request& request, Response response) {
    parley::Json fields = parley::Json::object();
    for (const auto& [key, value] : request.form())
        fields.set(key, value);
    parley::Json files = parley::Json::array();
    for (const parley::FormFile& file : request.files()) {
        Digest digest;
        digest.add(file.data);
        files.push_back(
            {{"field", file.field}, {"name", file.name}, {"type", file.content_type}, {"digest", digest.text()}});
    }
    response.json({{"fields", fields}, {"files", files}});
}

void take_form_in_pieces(Response response) {
    auto told = std::make_shared<std::string>();
    auto digest = std::make_shared<Digest>();
    parley::receive_form(response, {.on_part =
                                        [told, digest](const parley::FormPart& part) {
                                            *told += part.name + "|" + part.file_name + "|";
                                            *digest = {};
                                        },
                                    .on_data = [digest](std::string_view data) { digest->add(data); },
                                    .on_part_end = [told, digest] { *told += digest->text() + "\n"; },
                                    .on_end = [told, response] { response.type("txt").send(*told); }});
}

// Two events, and the end: a page comes back by itself, and says what it has.
void send_events(Request& request, Response response) {
    const std::string last(parley::EventStream::last_event_id(request));
    const std::string id = std::to_string(last.empty() ? 7 : std::stoi(last) + 1);
    const parley::EventStream events(response, {.retry = 10ms});
    events.send({.data = "behind " + last + "\nand another line", .event = "greeting", .id = id});
    events.send_json(parley::Json{{"name", "Zoë"}});
}

// A reader that is slower than its peer.
auto slow_reader(parley::Application& app) {
    return [&app](Response response) {
        auto digest = std::make_shared<Digest>();
        const parley::Upload upload(response);
        response.on_abort([] { std::cout << "aborted" << std::endl; });
        upload.on_data([&app, digest, upload](std::string_view part) {
            digest->add(part);
            upload.pause();
            app.after(1ms, [upload] { upload.resume(); });
        });
        upload.on_end([digest, response] { response.type("txt").send(digest->text()); });
    };
}

}  // namespace

int main() {
    const char* const proxies = std::getenv("TRUST_PROXY");
    parley::Application app({.body_bytes_max = 100'000,
                             .trust_proxy = proxies != nullptr ? proxies : "",
                             .trust_forwarded = std::getenv("TRUST_FORWARDED") != nullptr});
    app.get("/who", [](Request& request, Response response) {
        response.json({{"address", request.remote_address()}, {"secure", request.secure()}, {"host", request.host()}});
    });
    app.use("/shared", parley::cors({.exposed_headers = {"X-Total"}}));
    app.use("/private", parley::cors({.origin = parley::Origins::reflected(), .credentials = true}));
    app.put("/shared/thing",
            [](Request& request, Response response) { response.set("X-Total", "7").json({{"said", request.body()}}); });
    app.post("/shared/refused", [](Response) { throw parley::HttpError(409, "taken"); });
    app.get("/private/cookie", [](Request& request, Response response) { response.send(request.cookie("name")); });
    app.get("/events", send_events);
    app.get("/closed", [](Response response) { response.send("for nobody else"); });
    app.get("/", [](Response response) { response.cookie("name", "ada").send("<!doctype html><title>page</title>"); });

    app.post("/form", parley::WholeBody{.bytes_max = 1'000'000}, take_form);
    app.post("/form/pieces", parley::StreamedBody{.bytes_max = 50'000'000}, take_form_in_pieces);
    app.post("/slow", parley::StreamedBody{.bytes_max = 50'000'000}, slow_reader(app));
    app.post("/refuse", parley::StreamedBody{.bytes_max = 50'000'000},
             [](Response response) { response.status(401).send("who are you?"); });
    app.listen(parley::port_from_environment(3000));
    std::cout << "Listening on http://localhost:" << app.port() << std::endl;
    return app.run();
}
