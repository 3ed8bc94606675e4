// SPDX-License-Identifier: MIT
#include "parley/server/engine_request.hpp"

#include <cstddef>
#include <string_view>

#include "parley/base/text.hpp"
#include "parley/net/endpoint.hpp"

namespace parley::server {

engineio::RequestFacts facts_of(const Request& request, bool is_upgrade) {
    engineio::RequestFacts facts;
    facts.method = request.method();
    facts.is_upgrade = is_upgrade;
    facts.requested_headers = request.header("access-control-request-headers");
    facts.cross_origin = http::origin_facts(request.head());
    return facts;
}

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
    std::string_view type = request.header("content-type");
    return equals_ignoring_case(trim_ows(take_until(type, ';')), "application/octet-stream");
}

std::vector<http::Header> as_headers(std::span<const http::HeaderField> fields) {
    std::vector<http::Header> headers;
    headers.reserve(fields.size());
    for (const http::HeaderField& field : fields)
        headers.push_back({field.name, field.value});
    return headers;
}

void set_headers(const Response& response, std::span<const http::HeaderField> fields) {
    for (const http::HeaderField& field : fields)
        response.set(field.name, field.value);
}

void send_answer(const Response& response, const engineio::Answer& answer) {
    response.status(answer.status);
    set_headers(response, answer.headers);
    if (answer.content_type.empty()) {
        response.end();
    } else {
        response.set("Content-Type", answer.content_type).send(answer.body);
    }
}

}  // namespace parley::server
