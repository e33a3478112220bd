// How the streams of Links come to be: opened, or kept from an earlier question; and what becomes of them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.hpp"
#include "remote/counter.hpp"
#include "remote/keeper.hpp"
#include "remote/launch.hpp"
#include "remote/link.hpp"
#include "remote/persist.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace ctys::remote {
namespace {

std::string in_one_line(const Error& error) {
  return error.summary + ": " + error.why + (error.fix.empty() ? "" : "; " + error.fix);
}

// What the hosts are reached by, apart from their names.
std::string text_of(const Way& way) {
  std::string text = way.may_copy ? "" : "no copy ";
  for (const auto& hop : way.via) text += model::text_of(hop) + " ";
  return text + way.command;
}

std::string shown_via(const Way& way) {
  std::string text;
  for (const auto& hop : way.via) text.append(text.empty() ? "" : ",").append(model::text_of(hop));
  return text;
}

// The transport knows better than we why nothing came, and has to say so before the time is over.
int time_to_connect(std::int64_t left) {
  constexpr std::int64_t kMost = 300;
  constexpr int kPart = 10;
  return static_cast<int>(std::max<std::int64_t>(0, left - std::min(kMost, left / kPart)));
}

}  // namespace

Links::Links(std::vector<Job> jobs, const Way& way, plugin::Options options, Fd stream)
    : options_(std::move(options)), way_(way) {
  links_.resize(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    auto& link = links_[i];
    if (jobs[i].call.deadline_ms) link.deadline = now_ms() + *jobs[i].call.deadline_ms;
    link.job = std::move(jobs[i]);
    link.begin();
  }
  if (stream && !links_.empty()) {
    links_[0].bytes = std::make_unique<plugin::ByteStream>(std::move(stream));
    links_[0].talk.carry(links_[0].bytes.get());
  }
  if (links_.empty()) return;
  if (way.persist) {
    keep_as_ = kept_as(way);
    borrow_some();
    return;
  }
  if (way.keep) keep_as_ = text_of(way);
  std::vector<Link*> all;
  for (auto& link : links_) all.push_back(&link);
  if (!way.keep || !go_on()) start(all);
}

void Links::start(std::span<Link* const> links) {
  termios before{};
  if (!terminal_ && ::tcgetattr(STDIN_FILENO, &before) == 0) terminal_ = before;
  std::vector<Start> jobs;
  for (const auto* link : links) {
    std::optional<int> left = link->job.call.deadline_ms;
    if (left && link->deadline) left = time_to_connect(*link->deadline - now_ms());
    jobs.push_back({&link->job, left});
  }
  auto launched = launch(jobs, way_);
  if (!launched) {
    for (auto* link : links) link->talk.stop(launched.error());
    return;
  }
  for (std::size_t i = 0; i < links.size(); ++i) {
    links[i]->number = i;
    links[i]->carrier = carriers_.size();
    links[i]->stream = std::move(launched->streams[i]);
  }
  carriers_.push_back(std::move(launched->carrier));
}

// Calls the workers that wait: `links` are those of its hosts, in their order.
void Links::use(Kept kept, std::span<Link* const> links) {
  for (std::size_t i = 0; i < links.size(); ++i) {
    auto& link = *links[i];
    link.carrier = carriers_.size();
    link.number = kept.hosts[i].number;
    link.stream = std::move(kept.hosts[i].stream);
    link.talk.go_on();
    // Its answer comes at once, however long that to the call takes.
    if (link.borrowed) ask_for_life(link);
    send_call(link);
  }
  carriers_.push_back(std::move(kept.carrier));
}

// Those that still wait from an earlier question of this command line.
bool Links::go_on() {
  std::vector<const model::Target*> targets;
  std::vector<Link*> all;
  for (auto& link : links_) {
    targets.push_back(&link.job.target);
    all.push_back(&link);
  }
  auto kept = take_kept(targets, *keep_as_);
  if (!kept) return false;
  use(*std::move(kept), all);
  return true;
}

// What other calls have left is used; connections to the other hosts are opened.
void Links::borrow_some() {
  constexpr int kPart = 4;  // of the time that there is: to open connections has to be possible, too
  auto time = std::chrono::milliseconds::max();
  std::vector<const model::Target*> targets;
  for (const auto& link : links_) {
    targets.push_back(&link.job.target);
    if (const auto most = link.job.call.deadline_ms)
      time = std::min(time, std::chrono::milliseconds(*most) / kPart);
  }
  std::vector<Link*> rest;
  for (auto& link : links_) rest.push_back(&link);
  for (auto& kept : borrow(targets, *keep_as_, time)) {
    std::vector<Link*> served;
    for (const auto& host : kept.hosts) {
      const auto at = std::find_if(rest.begin(), rest.end(),
                                   [&](const Link* link) { return link->job.target == host.target; });
      if (at == rest.end()) break;
      (*at)->borrowed = true;
      (*at)->silent_since = now_ms();
      served.push_back(*at);
      rest.erase(at);
    }
    use(std::move(kept), served);
  }
  if (!rest.empty()) start(rest);
}

// Through connections of their own, those whose kept ones turned out to be dead.
void Links::retry() {
  std::vector<Link*> dead;
  for (auto& link : links_)
    if (std::exchange(link.again, false)) dead.push_back(&link);
  if (dead.empty()) return;
  for (auto* link : dead) {
    log::write(log::Severity::info, "remote",
               link->job.target.name + ": the connection that was kept is dead; another one is opened");
    link->stream.reset();
    link->unsent.clear();
    link->called = link->borrowed = false;
    link->silent_since.reset();
    link->asked_for_life.reset();
    link->last_word.reset();
    link->begin();
  }
  start(dead);
}

// What could not be asked to its end is not kept.
void Links::keep_for_next() {
  Kept kept{std::move(carriers_.front()), *keep_as_, {}};
  for (auto& link : links_)
    if (link.stream && link.talk.may_go_on())
      kept.hosts.push_back({link.job.target, link.number, std::move(link.stream)});
  if (!kept.hosts.empty() && kept.carrier.is_ours()) keep(std::move(kept));
}

// The same for calls to come: what was borrowed goes back, what was opened gets a keeper.
void Links::leave_for_others() {
  for (std::size_t i = 0; i < carriers_.size(); ++i) {
    if (carriers_[i].control) hear(i);
    if (!carriers_[i].control) continue;
    Kept kept{std::move(carriers_[i]), *keep_as_, {}};
    std::vector<std::size_t> numbers;
    for (auto& link : links_) {
      if (link.carrier != i || !link.stream || !link.talk.may_go_on()) continue;
      numbers.push_back(link.number);
      if (link.stamps.empty() && !kept.carrier.lease)
        log::write(
            log::Severity::info, "remote",
            link.job.target.name +
                ": the connection is not kept: its SSH configuration was changed just now, or asks more "
                "than files");
      if (!link.stamps.empty())
        kept.hosts.push_back({link.job.target, link.number, std::move(link.stream), std::move(link.stamps)});
    }
    if (kept.carrier.lease)
      give_back(std::move(kept.carrier), std::move(numbers), *way_.persist);
    else if (!kept.hosts.empty() && kept.carrier.is_ours() && !has_been_ended())
      if (const auto started = start_keeper(std::move(kept), shown_via(way_), *way_.persist); !started)
        log::write(log::Severity::warning, "remote", in_one_line(started.error()));
  }
}

}  // namespace ctys::remote
