// SPDX-License-Identifier: MIT
// What messages are made of, as objects whose fields have names. What comes back throws BadMessage
// for a name that is not known, and nlohmann::json::exception for a field that is not there.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/preload/messages.h"

namespace e3::preload {

using Json = nlohmann::json;

Json object_of(const Violation& violation);
Violation violation_of(const Json& object);
Json object_of(const CheckResult& result);
CheckResult result_of(const Json& object);
Json object_of(const EngineFacts& facts);
EngineFacts facts_of(const Json& object);
Json object_of(const CallSite& site);
CallSite call_site_of(const Json& object);
Json object_of(const Answer& answer);
Answer answer_of(const Json& object);

}  // namespace e3::preload
