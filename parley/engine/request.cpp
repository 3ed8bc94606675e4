// SPDX-License-Identifier: MIT
#include "parley/engine/request.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/net/endpoint.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/mount.hpp"

namespace parley::engine {

const http::RequestHead& head_of(const Request& request) {
    return web::Exchange::of(request).head();
}

engineio::RequestFacts facts_of(const Request& request) {
    const http::RequestHead& head = head_of(request);
    engineio::RequestFacts facts;
    facts.method = head.method();
    facts.is_upgrade = web::Upgrade::is_wanted(head);
    facts.requested_headers = head.find("access-control-request-headers").value_or(std::string_view());
    facts.cross_origin = http::origin_facts(head, web::Exchange::of(request).host(), http::scheme_of(request.secure()));
    return facts;
}

Arrival::Arrival(Request& its_request, Response its_response)
    : request(its_request),
      response(std::move(its_response)),
      facts(facts_of(request)),
      query(engineio::read_request_query(head_of(request).query())) {}

// An IPv4 address stands where no IPv6 network can be that connections come from: in ff00::/8, which is multicast.
engineio::AddressGroup address_group_of(const Request& request) {
    const net::Endpoint& peer = request.peer();
    engineio::AddressGroup group = peer.is_ipv6() ? 0 : 0xffffffff;
    const std::size_t octets = peer.is_ipv6() ? 8 : 4;
    for (std::size_t i = 0; i < octets; ++i)
        group = group << 8 | peer.octets()[i];
    return group;
}

bool is_octet_stream(const Request& request) {
    std::string_view type = head_of(request).find("content-type").value_or(std::string_view());
    return equals_ignoring_case(trim_ows(take_until(type, ';')), "application/octet-stream");
}

void set_headers(const Response& response, std::span<const http::HeaderField> fields) {
    for (const http::HeaderField& field : fields)
        response.set(field.name, field.value);
}

void begin_answer(const Response& response, const engineio::Answer& answer) {
    response.status(answer.status);
    set_headers(response, answer.headers);
    if (!answer.cache_control.empty()) response.set("Cache-Control", answer.cache_control);
    if (!answer.content_type.empty()) response.set("Content-Type", answer.content_type);
}

void finish_answer(const Response& response, const engineio::Answer& answer) {
    if (answer.content_type.empty()) return response.end();
    response.send(answer.body);
}

void send_answer(const Response& response, const engineio::Answer& answer) {
    begin_answer(response, answer);
    finish_answer(response, answer);
}

}  // namespace parley::engine
