// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/parley/doctor.hpp"
#include "apps/parley/doctor_judgement.hpp"
#include "apps/parley/doctor_wire.hpp"
#include "parley/http/url.hpp"

namespace parley {

/// One look at a server, from its name to a namespace. What cannot be looked at because of what was found before is
/// skipped.
class DoctorExamination {
 public:
    using OnStep = std::function<void(const DoctorStep&)>;

    /// Throws `SetupError` with a sentence for options that cannot be.
    explicit DoctorExamination(const DoctorCommand& command);

    /// Takes all steps, which takes some multiples of the time-out at most; `on_step` gets each when it is over.
    void run(const OnStep& on_step);

 private:
    [[nodiscard]] DoctorStep find_name();
    [[nodiscard]] DoctorStep connect();
    [[nodiscard]] DoctorStep begin_http();
    [[nodiscard]] DoctorStep judge_session();
    [[nodiscard]] DoctorStep judge_origin();
    [[nodiscard]] DoctorStep judge_sticky();
    [[nodiscard]] DoctorStep open_websocket();
    [[nodiscard]] DoctorStep enter_namespace();
    void leave(const std::string& sid);

    [[nodiscard]] HttpRequest engine_request(std::string_view transport, std::string_view revision) const;
    [[nodiscard]] std::string websocket_url() const;
    [[nodiscard]] judgement::Overheard overhear();

    const DoctorCommand command_;
    const http::Url url_;
    DoctorWire wire_;
    std::vector<net::Endpoint> endpoints_;
    net::Endpoint endpoint_;  // that answers
    Result<HttpResponse> answer_;
    judgement::Handshake handshake_;
    bool is_session_safe_ = false;
    bool has_websocket_ = false;
};

}  // namespace parley
