// SPDX-License-Identifier: MIT
#include "parley/websocket/deflate_parameters.hpp"

#include <algorithm>
#include <utility>

#include "parley/websocket/extensions.hpp"

namespace parley::websocket {
namespace {

constexpr std::string_view extension_name = "permessage-deflate";

// RFC 7692 §7.1.2, and what zlib can compress with.
constexpr int window_bits_min = 8;
constexpr int window_bits_max = 15;
constexpr int compressor_bits_min = 9;

enum class Side : bool { offer, answer };

// The parameters of one offer, or of an answer, as they stand there.
struct Stated {
    bool server_no_context_takeover = false;
    bool client_no_context_takeover = false;
    std::optional<int> server_max_window_bits;
    std::optional<int> client_max_window_bits;
    bool lets_choose_client_bits = false;  // "client_max_window_bits", with a value or without
    bool is_valid = true;
};

std::optional<int> parse_window_bits(std::string_view value) {
    if (value.size() == 1 && (value[0] == '8' || value[0] == '9')) return value[0] - '0';
    if (value.size() == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5') return 10 + (value[1] - '0');
    return std::nullopt;
}

// Takes what must not have a value, and only once.
bool take_flag(bool& flag, std::string_view value) {
    return value.empty() && !std::exchange(flag, true);
}

bool take_window_bits(std::optional<int>& bits, std::string_view value) {
    const std::optional<int> parsed = parse_window_bits(value);
    return parsed && !std::exchange(bits, parsed);
}

// False: this must not stand in an offer or an answer of that side.
bool take_parameter(Stated& stated, const ExtensionItem& item, Side side) {
    if (item.name == "server_no_context_takeover") return take_flag(stated.server_no_context_takeover, item.value);
    if (item.name == "client_no_context_takeover") return take_flag(stated.client_no_context_takeover, item.value);
    if (item.name == "server_max_window_bits") return take_window_bits(stated.server_max_window_bits, item.value);
    if (item.name != "client_max_window_bits" || std::exchange(stated.lets_choose_client_bits, true)) return false;
    if (side == Side::offer && item.value.empty()) return true;
    return take_window_bits(stated.client_max_window_bits, item.value);
}

// Reads all parameters, up to the item behind them.
Stated read_parameters(ExtensionOffers& offers, ExtensionItem& item, Side side) {
    Stated stated;
    for (item = offers.next(); item.kind == ExtensionItem::Kind::parameter; item = offers.next()) {
        if (!take_parameter(stated, item, side)) stated.is_valid = false;
    }
    return stated;
}

void add(std::string& value, std::string_view parameter) {
    value.append("; ").append(parameter);
}

void add(std::string& value, std::string_view parameter, int bits) {
    value.append("; ").append(parameter).append("=").append(std::to_string(bits));
}

// What this server makes of an offer; nothing: it is declined.
std::optional<DeflateAgreement> agree(const Stated& offer, const PerMessageDeflate& options, DeflateContexts contexts) {
    if (!offer.is_valid || offer.server_max_window_bits == window_bits_min) return std::nullopt;
    const bool is_shared = contexts == DeflateContexts::shared;
    DeflateAgreement agreement{.parameters = {}, .answer = std::string(extension_name)};
    DeflateParameters& parameters = agreement.parameters;
    parameters.server_no_context_takeover =
        is_shared || options.server_no_context_takeover || offer.server_no_context_takeover;
    parameters.client_no_context_takeover =
        is_shared || options.client_no_context_takeover || offer.client_no_context_takeover;
    if (parameters.server_no_context_takeover) add(agreement.answer, "server_no_context_takeover");
    if (parameters.client_no_context_takeover) add(agreement.answer, "client_no_context_takeover");

    // A smaller window than the peer asks for needs no word of its own, where it has not asked at all.
    parameters.server_max_window_bits =
        std::min(options.server_max_window_bits, offer.server_max_window_bits.value_or(window_bits_max));
    if (offer.server_max_window_bits)
        add(agreement.answer, "server_max_window_bits", parameters.server_max_window_bits);
    if (offer.lets_choose_client_bits) {
        parameters.client_max_window_bits =
            std::min(options.client_max_window_bits, offer.client_max_window_bits.value_or(window_bits_max));
        if (parameters.client_max_window_bits < window_bits_max)
            add(agreement.answer, "client_max_window_bits", parameters.client_max_window_bits);
    }
    return agreement;
}

std::unexpected<Error> wrong_answer(const char* reason) {
    return std::unexpected(Error{ErrorCode::invalid_input, reason});
}

}  // namespace

PerMessageDeflate share_of(PerMessageDeflate options, std::size_t threads) noexcept {
    options.contexts_max = options.contexts_max / threads + (options.contexts_max % threads > 0 ? 1 : 0);
    return options;
}

std::string check_deflate(const PerMessageDeflate& options, const char* name) {
    const auto is_window = [](int bits) { return bits >= compressor_bits_min && bits <= window_bits_max; };
    const int level = options.zlib_deflate_options.level;
    const int mem_level = options.zlib_deflate_options.mem_level;
    if (!is_window(options.server_max_window_bits))
        return std::string(name) + ".server_max_window_bits must be 9 to 15";
    if (!is_window(options.client_max_window_bits))
        return std::string(name) + ".client_max_window_bits must be 9 to 15";
    if (level < 0 || level > 9) return std::string(name) + ".zlib_deflate_options.level must be 0 to 9";
    if (mem_level < 1 || mem_level > 9) return std::string(name) + ".zlib_deflate_options.mem_level must be 1 to 9";
    return {};
}

std::optional<DeflateAgreement> accept_deflate_offer(std::string_view header_value, const PerMessageDeflate& options,
                                                     DeflateContexts contexts) {
    if (!options.enabled) return std::nullopt;
    ExtensionOffers offers(header_value);
    ExtensionItem item = offers.next();
    while (item.kind == ExtensionItem::Kind::offer) {
        const bool is_deflate = item.name == extension_name;
        const Stated stated = read_parameters(offers, item, Side::offer);
        if (!is_deflate || item.kind == ExtensionItem::Kind::malformed) continue;
        if (std::optional<DeflateAgreement> agreement = agree(stated, options, contexts)) return agreement;
    }
    return std::nullopt;
}

// Where the server is asked for something that it may not be able to, a second offer asks for nothing (RFC 7692
// §7.1.3).
std::string deflate_offer(const PerMessageDeflate& options) {
    if (!options.enabled) return {};
    std::string plain(extension_name);
    if (options.client_no_context_takeover) add(plain, "client_no_context_takeover");
    add(plain, "client_max_window_bits");
    std::string asking;
    if (options.server_no_context_takeover) add(asking, "server_no_context_takeover");
    if (options.server_max_window_bits < window_bits_max)
        add(asking, "server_max_window_bits", options.server_max_window_bits);
    return asking.empty() ? plain : plain + asking + ", " + plain;
}

Result<std::optional<DeflateParameters>> check_deflate_answer(std::string_view header_value,
                                                              const PerMessageDeflate& options) {
    ExtensionOffers extensions(header_value);
    ExtensionItem item = extensions.next();
    if (item.kind == ExtensionItem::Kind::end) return std::nullopt;
    if (item.kind != ExtensionItem::Kind::offer)
        return wrong_answer("answered with malformed Sec-WebSocket-Extensions");
    if (!options.enabled || item.name != extension_name) return wrong_answer("chose an extension that was not offered");
    const Stated stated = read_parameters(extensions, item, Side::answer);
    if (item.kind == ExtensionItem::Kind::malformed)
        return wrong_answer("answered with malformed Sec-WebSocket-Extensions");
    if (item.kind != ExtensionItem::Kind::end) return wrong_answer("chose more than one extension");
    if (!stated.is_valid) return wrong_answer("chose parameters of permessage-deflate that cannot be");
    return DeflateParameters{
        .server_no_context_takeover = stated.server_no_context_takeover,
        .client_no_context_takeover = stated.client_no_context_takeover || options.client_no_context_takeover,
        .server_max_window_bits = stated.server_max_window_bits.value_or(window_bits_max),
        .client_max_window_bits =
            std::min(options.client_max_window_bits, stated.client_max_window_bits.value_or(window_bits_max))};
}

}  // namespace parley::websocket
