// SPDX-License-Identifier: MIT
#include "tests/simulation/socketio_client.hpp"

#include <charconv>
#include <utility>

namespace parley::simulation {

using namespace std::chrono_literals;

namespace {

std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

// The value behind `["name",` or `[`.
std::optional<std::uint64_t> number_in(std::string_view data, std::string_view begin) {
    if (!data.starts_with(begin)) return std::nullopt;
    data.remove_prefix(begin.size());
    return take_number(data);
}

}  // namespace

SocketIoClient::SocketIoClient(Context& context, std::string name)
    : Actor(context, name),
      engine_(context, *this, std::move(name)),
      places_{Place{.prefix = ""}, Place{.prefix = "/side,"}} {}

// ---- acting

void SocketIoClient::connect() {
    using Way = EngineClient::Way;
    const Swarm& swarm = context_.swarm;
    Way way = Way::websocket;
    if (swarm.polls && (!swarm.speaks_websocket || context_.chance.one_in(2))) way = Way::polling;
    if (way == Way::polling && swarm.upgrades && !context_.chance.one_in(3)) way = Way::upgrade;
    forget();
    engine_.connect(way);
}

void SocketIoClient::act() {
    Chance& chance = context_.chance;
    if (!engine_.is_open()) {
        if (!engine_.is_connecting() || chance.one_in(8)) {
            if (engine_.is_connecting()) engine_.leave(EngineClient::End::reset);
            connect();
        }
        return;
    }
    if (chance.one_in(context_.swarm.vanishing)) {
        using End = EngineClient::End;
        const End end = chance.pick({End::end, End::reset, End::silence, End::goodbye});
        if ((end == End::end || end == End::reset) && engine_.is_heard()) expect_end();
        engine_.leave(end);
        return forget();
    }
    if (chance.one_in(context_.swarm.stops_reading)) return engine_.set_reading(chance.one_in(2));
    Place& place = places_[context_.swarm.namespaces_max > 1 ? chance.below(2) : 0];
    if (place.id.empty()) return join(place);
    // Some say more at once than one turn takes of a payload.
    if (context_.wild(60)) {
        for (std::uint64_t i = 200 + chance.below(3'000); i > 0; --i)
            say(place);
        return;
    }
    const std::uint64_t times = 1 + chance.below(4);
    for (std::uint64_t i = 0; i < times && !place.id.empty(); ++i) {
        switch (chance.below(8)) {
            case 0:
                engine_.send_text("1" + place.prefix);
                return leave(place);
            case 1:
            case 2:
            case 3:
                ask(place);
                break;
            default:
                say(place);
        }
    }
}

void SocketIoClient::join(Place& place) {
    if (std::exchange(place.is_joining, true)) return;
    if (place.was_in) context_.moments.note(Moment::connect_again);
    engine_.send_text("0" + place.prefix);
}

// Soon the program knows that it has left.
void SocketIoClient::expect_end() {
    if (!context_.swarm.is_brisk()) return;
    for (const Place& place : places_) {
        if (place.id.empty()) continue;
        context_.network.plan(Swarm::soon, [this, id = place.id] {
            if (!context_.is_over && context_.ledger.is_in(id))
                context_.report.violation(name(), " left long ago, and ", id, " is there");
        });
    }
}

// Whose whole connection the program has closed hears of that, too; by polling, when it asks again.
void SocketIoClient::expect_cut(const std::string& id) {
    if (!context_.swarm.is_open_to_all() || !engine_.is_on_websocket() || !context_.ledger.is_cut(id)) return;
    context_.network.plan(Swarm::soon, [this, life = life_] {
        if (life == life_ && engine_.is_open() && !context_.is_over)
            context_.report.violation(name(), " was cut off long ago, and is connected");
    });
}

void SocketIoClient::leave(Place& place) {
    place.id.clear();
    std::erase_if(asked_, [&](const auto& asked) { return asked.second.place == &place; });
}

void SocketIoClient::say(Place& place) {
    std::string text = "2" + place.prefix + "[\"say\"," + std::to_string(place.said++);
    if (context_.chance.one_in(6)) text += ",\"" + std::string(context_.chance.below(700), 'x') + "\"";
    engine_.send_text(text + "]");
}

void SocketIoClient::ask(Place& place) {
    const std::uint64_t token = context_.ledger.next_token();
    const std::uint64_t id = next_ack_id_++;
    asked_.emplace(id, Asked{token, &place});
    if (context_.is_calm && calm_asked_ == 0) calm_asked_ = token;
    context_.report.note(name(), " asks ", token);
    // In front of it, so that questions stand in the order of what is said, too.
    engine_.send_text("2" + place.prefix + std::to_string(id) + "[\"" + (context_.is_calm ? "calm" : "ask") + "\"," +
                      std::to_string(token) + "]");
}

// ---- what comes

void SocketIoClient::on_open() {
    if (context_.is_calm || !context_.chance.one_in(10)) join(places_[0]);
}

void SocketIoClient::on_gone() {
    forget();
    if (!context_.is_calm && !context_.is_over && context_.chance.one_in(3)) connect();
}

void SocketIoClient::forget() {
    ++life_;
    for (Place& place : places_)
        place = Place{.prefix = place.prefix};
    asked_.clear();
    ids_.clear();
    kept_.clear();
    attachments_missing_ = 0;
    is_answered_ = false;
    calm_asked_ = 0;
}

std::optional<SocketIoClient::Packet> SocketIoClient::read(std::string_view text) {
    Packet packet;
    if (text.empty()) return std::nullopt;
    packet.type = text.front();
    text.remove_prefix(1);
    if (packet.type == '5' || packet.type == '6') {
        packet.attachments = take_number(text).value_or(0);
        if (!text.starts_with('-')) return std::nullopt;
        text.remove_prefix(1);
    }
    packet.place = &places_[0];
    if (text.starts_with(places_[1].prefix)) {
        packet.place = &places_[1];
        text.remove_prefix(places_[1].prefix.size());
    }
    packet.ack_id = take_number(text);
    packet.data = text;
    return packet;
}

void SocketIoClient::on_text(std::string_view text) {
    if (attachments_missing_ > 0) return context_.report.violation(name(), " misses an attachment in front of ", text);
    const std::optional<Packet> packet = read(text);
    if (!packet) return context_.report.violation(name(), " gets the packet ", text);
    Place& place = *packet->place;
    constexpr std::string_view id = R"({"sid":")";
    switch (packet->type) {
        case '0':
            if (!packet->data.starts_with(id) || !place.is_joining)
                return context_.report.violation(name(), " is let in by ", text);
            place.is_joining = false;
            place.id = packet->data.substr(id.size(), 20);
            ids_.push_back(place.id);
            place.said = 0;
            place.was_in = true;
            if (context_.is_calm) ask(place);
            return;
        case '1':
            expect_cut(place.id);
            return leave(place);  // it may be on its way back in already
        case '2':
            return handle_event(*packet);
        case '3':
            return handle_ack(*packet);
        case '4':
            place.is_joining = false;
            return;
        case '5':
            attachments_missing_ = packet->attachments;
            kept_ = text;
            return;
        default:
            return context_.report.violation(name(), " gets the packet ", text);
    }
}

void SocketIoClient::on_binary() {
    if (attachments_missing_ == 0) return context_.report.violation(name(), " gets an attachment of nothing");
    if (--attachments_missing_ > 0) return;
    const std::string text = std::exchange(kept_, {});
    if (const auto packet = read(text)) handle_event(*packet);
}

void SocketIoClient::handle_event(const Packet& packet) {
    const Place& place = *packet.place;
    // It may have left just now, and the server does not know yet.
    if (place.id.empty()) return;
    const auto told = number_in(packet.data, R"(["t",)");
    const auto asked = number_in(packet.data, R"(["q",)");
    if (!told && !asked) return context_.report.violation(name(), " gets the event ", packet.data);
    context_.report.note(name(), " receives ", told ? *told : *asked);
    context_.ledger.receive(place.id, told ? *told : *asked);
    if (!asked || !packet.ack_id) return;
    const std::uint64_t how = context_.is_calm ? 0 : context_.chance.below(8);
    if (how == 7) return;  // never
    const auto id = *packet.ack_id;
    if (how < 5) return answer(place, id, *asked);
    context_.network.plan(context_.swarm.moment(context_.chance), [this, life = life_, &place, id, token = *asked] {
        if (life == life_) answer(place, id, token);
    });
}

void SocketIoClient::answer(const Place& place, std::uint64_t ack_id, std::uint64_t token) {
    if (place.id.empty()) return;
    const std::string text = "3" + place.prefix + std::to_string(ack_id) + "[" + std::to_string(token) + "]";
    engine_.send_text(text);
    if (context_.wild(10)) engine_.send_text(text);  // a second one means nothing
}

void SocketIoClient::handle_ack(const Packet& packet) {
    const auto asked = packet.ack_id ? asked_.find(*packet.ack_id) : asked_.end();
    if (packet.place->id.empty()) return;
    if (asked == asked_.end()) return context_.report.violation(name(), " is answered what it did not ask, or twice");
    const std::uint64_t token = asked->second.token;
    asked_.erase(asked);
    const auto value = number_in(packet.data, "[");
    if (value && *value != token) context_.report.violation(name(), " asked ", token, " and is answered ", *value);
    if (!value && !packet.data.starts_with(R"([{"error":)"))
        context_.report.violation(name(), " is answered ", packet.data);
    if (calm_asked_ > 0 && token >= calm_asked_) is_answered_ = true;
}

// ---- the end

void SocketIoClient::calm_down() {
    engine_.set_reading(true);
    be_calm();
}

// What a healthy client does until it is content.
void SocketIoClient::be_calm() {
    if (context_.is_over) return;
    if (!engine_.is_open() && !engine_.is_connecting()) connect();
    if (engine_.is_open() && places_[0].id.empty()) join(places_[0]);
    if (!places_[0].id.empty() && !is_answered_) ask(places_[0]);
    context_.network.plan(500ms, [this] { be_calm(); });
}

std::string SocketIoClient::complaint() const {
    if (!engine_.is_open()) return name() + " is not connected";
    const Place& place = places_[0];
    if (place.id.empty()) return name() + " is in no namespace";
    if (!context_.ledger.is_in(place.id)) return name() + " is in, but the program does not know";
    if (!is_answered_ || !asked_.empty()) return name() + " is not answered";
    for (const std::string& id : ids_) {
        if (context_.ledger.is_cut(id)) return name() + " was cut off, and is connected";
    }
    if (!engine_.is_quiet()) return name() + " cannot say all it has to say";
    for (const Place& each : places_) {
        if (each.id.empty()) continue;
        if (context_.ledger.waiting(each.id) > 0) return name() + " does not receive what was said to it";
        if (context_.ledger.heard(each.id) != each.said) return name() + " is not heard";
    }
    return {};
}

}  // namespace parley::simulation
