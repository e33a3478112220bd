// What a gateway says of the hosts behind it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/behind.hpp"

#include "model/remedy.hpp"

#include <algorithm>
#include <iterator>

namespace ctys::plugin {
namespace {

constexpr const char* kAgain = "run the command again";

// What keeps the gateway from a host is mended there: by its keys, its configuration, its known hosts. Of
// several gateways on the way it is the one that says so first.
std::string said_there(const Error& error, const std::string& gateway) {
  const bool is_about_way = error.code == Exit::unreachable || error.fix.find("HOST") != std::string::npos;
  if (!is_about_way || error.fix.empty() || error.fix == kAgain || error.fix.starts_with("on "))
    return error.fix;
  return "on " + gateway + ": " + error.fix;
}

}  // namespace

Behind::Behind(const std::vector<std::string>& names) {
  parts_.reserve(names.size());
  for (const auto& name : names) parts_.push_back({name});
}

bool Behind::hear_from(const wire::From& from, const std::string& gateway) {
  if (from.target >= parts_.size() || parts_[from.target].complete) return false;
  speaking_ = from.target;
  if (!from.done) return true;
  auto& part = parts_[from.target];
  if ((from.lost || from.unfinished) && part.outcome.failures.empty()) return false;
  part.complete = true;
  speaking_.reset();
  if (part.outcome.failures.empty()) return true;
  auto& failure = part.outcome.failures.back();
  failure.no_answer = from.lost;
  if (from.lost) failure.error.fix = said_there(failure.error, gateway);
  failure.unfinished = from.unfinished;
  return true;
}

Behind::Judged Behind::hear(wire::Message& message, const std::string& gateway) {
  if (const auto* from = std::get_if<wire::From>(&message))
    return hear_from(*from, gateway) ? Judged::taken : Judged::against_the_rules;
  if (auto* record = std::get_if<model::Record>(&message)) {
    if (!speaking_) return Judged::against_the_rules;
    auto& part = parts_[*speaking_];
    record->set(Field::host, part.name);
    part.outcome.records.push_back(std::move(*record));
    part.outcome.silent = false;
    ++records_;
    return Judged::taken;
  }
  if (auto* error = std::get_if<Error>(&message)) {
    if (speaking_) {
      auto& part = parts_[*speaking_];
      part.outcome.failures.push_back({std::move(*error), part.name, {}});
      part.outcome.silent = false;
    } else if (!own_error_) {
      own_error_ = std::move(*error);
    }
    return Judged::taken;
  }
  return Judged::not_about_hosts;
}

void Behind::stop(const std::string& gateway, const Error& error, bool unfinished) {
  auto told = error;
  told.fix = model::with_host(error.fix, gateway);  // which is what is to be looked at
  // That somebody ended the call is no fault of it.
  if (error.summary != interrupted().summary) told.summary = "gateway " + gateway + ": " + error.summary;
  for (auto& part : parts_) {
    if (part.complete) continue;
    part.complete = true;
    Failure failure{told, part.name, {}};
    failure.unfinished = unfinished;
    failure.no_answer = true;
    part.outcome.failures.push_back(std::move(failure));
    part.outcome.silent = false;
  }
  speaking_.reset();
}

void Behind::end(const std::string& gateway, bool acts) {
  const Error nothing{Exit::failed, "it did not tell of this host", {}, kAgain};
  stop(gateway, own_error_.value_or(nothing), acts && !own_error_);
}

void Behind::take_complete(Numbered& all) {
  for (std::size_t at = 0; at < parts_.size(); ++at) {
    auto& part = parts_[at];
    if (!part.complete || part.taken) continue;
    part.taken = true;
    all.emplace_back(at, std::move(part.outcome));
  }
}

Outcome Behind::take() {
  std::vector<Outcome> left;
  for (auto& part : parts_)
    if (!std::exchange(part.taken, true)) left.push_back(std::move(part.outcome));
  return merged(std::move(left));
}

}  // namespace ctys::plugin
