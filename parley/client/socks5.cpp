// SPDX-License-Identifier: MIT
//
//   state            waits for                                    then
//   method           version, method chosen                       authentication, or the request: reply
//   authentication   version, status                              the request: reply
//   reply            version, reply, 0, kind of address, 1 octet  address
//   address          the rest of the address, and the port        done
#include "parley/client/socks5.hpp"

#include <array>
#include <utility>

#include "parley/http/ip_address.hpp"
#include "parley/net/endpoint.hpp"

namespace parley::client {
namespace {

constexpr char version = 5;
constexpr char authentication_version = 1;
constexpr char no_authentication = 0;
constexpr char user_and_password = 2;
constexpr std::size_t text_max = 255;

enum AddressKind : char { ipv4 = 1, name = 3, ipv6 = 4 };

std::unexpected<Error> refuse(ErrorCode code, std::string_view reason) {
    return std::unexpected(Error{code, std::string(reason)});
}

std::unexpected<Error> refuse_reply(unsigned char reply) {
    switch (reply) {
        case 2:
            return refuse(ErrorCode::permission_denied, "The proxy does not allow it.");
        case 3:
        case 4:
            return refuse(ErrorCode::disconnected, "The proxy does not reach the server.");
        case 5:
            return refuse(ErrorCode::disconnected, "Nothing listens there, says the proxy.");
        case 6:
            return refuse(ErrorCode::timed_out, "The server does not answer the proxy.");
        default:
            return refuse(ErrorCode::unavailable, "The proxy failed.");
    }
}

void append_counted(std::string& out, std::string_view text) {
    out.push_back(static_cast<char>(text.size()));
    out.append(text);
}

}  // namespace

Socks5Handshake::Socks5Handshake(const http::Url& server, const http::UserInformation* who)
    : host_(server.host),
      port_(server.port),
      who_(who == nullptr ? http::UserInformation() : *who),
      has_user_(who != nullptr) {
    output_ = {version, has_user_ ? char{2} : char{1}, no_authentication};
    if (has_user_) output_.push_back(user_and_password);
}

Result<void> Socks5Handshake::check() const {
    if (host_.size() > text_max) return refuse(ErrorCode::invalid_argument, "The name is too long for a SOCKS5 proxy.");
    if (has_user_ && (who_.user.empty() || who_.user.size() > text_max || who_.password.size() > text_max))
        return refuse(ErrorCode::invalid_argument, "A user of a SOCKS5 proxy has a name, of 255 octets at most.");
    return {};
}

Result<bool> Socks5Handshake::receive(std::string_view& input) {
    while (state_ != State::done) {
        const std::string_view part = input.substr(0, wanted_ - answer_.size());
        input.remove_prefix(part.size());
        answer_.append(part);
        if (answer_.size() < wanted_) return false;
        Result<void> taken;
        switch (state_) {
            case State::method:
                taken = take_method();
                break;
            case State::authentication:
                if (answer_[0] != authentication_version || answer_[1] != 0)
                    return refuse(ErrorCode::permission_denied, "The proxy does not accept user and password.");
                ask_to_connect();
                break;
            case State::reply:
                taken = take_reply();
                break;
            default:
                state_ = State::done;
                break;
        }
        if (!taken) return std::unexpected(std::move(taken.error()));
    }
    return true;
}

Result<void> Socks5Handshake::take_method() {
    if (answer_[0] != version) return refuse(ErrorCode::invalid_input, "The proxy does not speak SOCKS5.");
    if (answer_[1] == no_authentication) {
        ask_to_connect();
    } else if (answer_[1] == user_and_password && has_user_) {
        output_.push_back(authentication_version);
        append_counted(output_, who_.user);
        append_counted(output_, who_.password);
        state_ = State::authentication;
        answer_.clear();
    } else {
        return refuse(ErrorCode::permission_denied, "The proxy asks for a user and a password, or for more than that.");
    }
    return {};
}

void Socks5Handshake::ask_to_connect() {
    output_.append({version, 1, 0});
    const Result<net::Endpoint> address =
        host_ == "localhost" ? std::unexpected(Error{}) : net::Endpoint::parse(host_, port_);
    if (address) {
        output_.push_back(address->is_ipv6() ? AddressKind::ipv6 : AddressKind::ipv4);
        output_.append(reinterpret_cast<const char*>(address->octets().data()), address->is_ipv6() ? 16 : 4);
    } else {
        output_.push_back(AddressKind::name);
        append_counted(output_, host_);
    }
    output_.push_back(static_cast<char>(port_ >> 8));
    output_.push_back(static_cast<char>(port_ & 0xff));
    state_ = State::reply;
    answer_.clear();
    wanted_ = 5;
}

// RFC 1928 §6. What address the proxy uses is of no interest, only how long it is.
Result<void> Socks5Handshake::take_reply() {
    if (answer_[0] != version) return refuse(ErrorCode::invalid_input, "The proxy does not speak SOCKS5.");
    if (answer_[1] != 0) return refuse_reply(static_cast<unsigned char>(answer_[1]));
    constexpr std::size_t head_and_port = 4 + 2;
    switch (answer_[3]) {
        case AddressKind::ipv4:
            wanted_ = head_and_port + 4;
            break;
        case AddressKind::ipv6:
            wanted_ = head_and_port + 16;
            break;
        case AddressKind::name:
            wanted_ = head_and_port + 1 + static_cast<unsigned char>(answer_[4]);
            break;
        default:
            return refuse(ErrorCode::invalid_input, "The proxy answers with an address of no known kind.");
    }
    state_ = State::address;
    return {};
}

}  // namespace parley::client
