// A gateway's part of a call that is for others.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/relay.hpp"

#include "model/target.hpp"
#include "plugin/collector.hpp"
#include "plugin/handle.hpp"
#include "remote/links.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace ctys::remote {
namespace {

// What is known here is worth having there: this ends a little before the caller does.
constexpr int kLayerMargin = 300;
constexpr int kLeast = 100;

Result<std::vector<Job>> jobs_of(const wire::Call& call) {
  auto inner = call;
  inner.relay.reset();
  if (inner.deadline_ms) inner.deadline_ms = std::max(*inner.deadline_ms - kLayerMargin, kLeast);
  std::vector<Job> jobs;
  const auto& relay = *call.relay;
  if (!relay.via.empty()) {
    Job job{TRY(model::parse_target(relay.via.front())), std::move(inner), relay.targets};
    job.call.relay = relay;
    job.call.relay->via.erase(job.call.relay->via.begin());
    jobs.push_back(std::move(job));
    return jobs;
  }
  jobs.reserve(relay.targets.size());
  for (const auto& target : relay.targets) jobs.push_back({TRY(model::parse_target(target)), inner});
  return jobs;
}

// Sends every answer on as soon as it is complete.
class Forwarding final : public plugin::Gathering {
 public:
  Forwarding(Links& links, int out) : links_(links), out_(out) {}

  [[nodiscard]] bool done() const override { return links_.done(); }
  void watch(std::vector<pollfd>& waiting) const override { links_.watch(waiting); }
  [[nodiscard]] int time_left() const override { return links_.time_left(); }
  void handle(std::span<const pollfd> ready) override {
    links_.handle(ready);
    send();
  }
  void abandon(const Error& error) override { links_.abandon(error); }
  [[nodiscard]] std::size_t records() const override { return links_.records(); }
  [[nodiscard]] std::vector<plugin::Outcome> take_each() override { return {}; }

  void send() {
    for (const auto& [number, outcome] : links_.take_complete()) {
      wire::From from{number};
      plugin::send(out_, from);
      for (const auto& record : outcome.records) plugin::send(out_, record);
      for (const auto& failure : outcome.failures) {
        plugin::send(out_, failure.error);
        status_ = worse(status_, failure.error.code);
        from.lost = failure.no_answer;
        from.unfinished = failure.unfinished;
      }
      from.done = true;
      plugin::send(out_, from);
    }
  }
  [[nodiscard]] Exit status() const { return status_; }

 private:
  Links& links_;
  int out_;
  Exit status_ = Exit::ok;
};

}  // namespace

Exit relay(const wire::Call& call, const plugin::Options& how, int caller, int out) {
  auto jobs = jobs_of(call);
  if (!jobs) {
    plugin::send(out, jobs.error());
    return jobs.error().code;
  }
  Way way;
  way.may_copy = call.relay->may_copy;
  way.fanout = call.relay->fanout;
  way.may_ask = false;
  Links links(*std::move(jobs), way, how);
  Forwarding forwarding(links, out);
  plugin::wait_for(forwarding, caller);
  forwarding.send();  // what was complete before there was anything to wait for
  return forwarding.status();
}

}  // namespace ctys::remote
