// All links of one call in one poll loop.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet.hpp"

#include "prompt.hpp"

#include <poll.h>
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace ctys::ssh {
namespace {

constexpr std::size_t kMaxJumps = 8;  // deeper is a circle

std::string text(ctys_str s) {
  return s.ptr == nullptr ? std::string() : std::string(s.ptr, s.len);
}
ctys_str borrow(const std::string& s) {
  return {s.data(), s.size()};
}

// OpenSSH takes the home of the password database, whatever $HOME says.
Shared shared_of(std::string config) {
  const auto* entry = ::getpwuid(::getuid());  // NOLINT(concurrency-mt-unsafe): before any thread
  const std::string home = entry != nullptr && entry->pw_dir != nullptr ? entry->pw_dir : "/";
  auto who = std::to_string(::getuid()) + " " + home + " " + config;
  if (entry != nullptr && entry->pw_name != nullptr) who.insert(0, std::string(entry->pw_name) + " ");
  Answers answers(answers_file(), std::move(who), {config, home}, std::time(nullptr));
  return {std::move(config), home, std::move(answers), {}, {}, {}, {}};
}

// Each link needs a few descriptors.
void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Fleet::Fleet(const ctys_transport& request, ctys_call* call)
    : request_(request), call_(call), shared_(shared_of(text(request.config))) {
  allow_many_files();
  if ((request.flags & CTYS_MAY_ASK) != 0)
    shared_.asker = [this](std::string_view question, bool echo) { return ask_person(question, echo); };
  std::vector<Place> via;
  for (std::size_t i = 0; i < request.via_count; ++i) {
    auto place = parse_place(text(request.via[i]));
    if (!place) throw Error(Exit::usage, "bad host to go through: " + text(request.via[i]));
    via.push_back(*std::move(place));
  }
  told_.assign(request.link_count, false);
  told_steps_.assign(request.link_count, 0);
  told_basis_.assign(request.link_count, false);
  told_way_.assign(request.link_count, false);
  for (std::size_t i = 0; i < request.link_count; ++i) add_link(i, via);
}

Fleet::~Fleet() {
  for (auto& link : links_)
    if (!link->done()) link->fail({Exit::unreachable, "the call has ended"});
  for (auto& link : links_) leave(&link->node());
}

// The others go on meanwhile; who has a question, too, has to wait.
std::optional<std::string> Fleet::ask_person(std::string_view question, bool echo) {
  if (may_ask_ == nullptr || asking_) throw AskLater();
  const auto begin = Clock::now();
  asking_ = true;
  request_.asking(call_, 1);
  auto answer = ask(question, echo, [this](int terminal) { go_on_until(terminal); });
  request_.asking(call_, 0);
  asking_ = false;
  const auto took = Clock::now() - begin;
  for (auto& node : nodes_) node->postpone(took);
  if (!time_runs())
    for (auto& link : links_) link->postpone(took);
  return answer;
}

// The first that has a question. True: it was asked, or needs no answer any more.
bool Fleet::let_one_ask() {
  // Gateways are added on the way.  NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    auto& node = *nodes_[i];
    if (!node.waits_to_ask()) continue;
    may_ask_ = &node;
    node.try_to_ask();
    (void)node.step();
    may_ask_ = nullptr;
    return true;
  }
  return false;
}

void Fleet::go_on_until(int readable) {
  for (;;) {
    const bool moved = step_all() || answer_all();
    pollfd input{readable, POLLIN, 0};
    if (::poll(&input, 1, 0) > 0) return;
    if (!moved) wait(readable);
  }
}

// It cannot go on before a question is answered: the time that takes is not its own.
bool Fleet::is_held_up(const Link& link) const {
  const auto& node = link.node();
  return node.waits_to_ask() || (asking_ && (&node == may_ask_ || node.stage() == Node::Stage::waiting));
}

bool Fleet::time_runs() const {
  return (request_.flags & CTYS_TIME_RUNS) != 0;
}

// The question stays open as long as others have time. Its connection is in the middle of it, and stays.
bool Fleet::give_up(std::size_t number) {
  auto& link = *links_[number];
  if (!time_runs() || !link.is_late()) return false;
  link.fail(link.node().unanswered(asking_ && &link.node() == may_ask_));
  tell_done(number);
  return true;
}

// Ends a connection that nobody needs any more, and those to its gateways: their servers are free, and
// nothing waits for what nobody would read.
void Fleet::leave(Node* node) {
  for (; node != nullptr; node = node->gateway()) {
    const auto asks = [&](const auto& link) { return !link->done() && &link->node() == node; };
    const auto passes = [&](const auto& other) { return !other->is_closed() && other->gateway() == node; };
    if (std::any_of(links_.begin(), links_.end(), asks) || std::any_of(nodes_.begin(), nodes_.end(), passes))
      return;
    if (!node->is_closed()) node->close();
  }
}

Node& Fleet::node_of(const Place& place, std::vector<Place> via, bool direct) {
  std::string way = text_of(place) + (direct ? "" : " as configured");
  for (const auto& hop : via) way += " " + text_of(hop);
  const auto [at, is_new] = by_way_.try_emplace(way);
  if (!is_new && at->second->stage() != Node::Stage::closed) return *at->second;
  nodes_.push_back(std::make_unique<Node>(shared_, place, direct || !via.empty()));
  auto& node = *nodes_.back();
  at->second = &node;
  if (!via.empty()) {
    const auto last = via.back();
    via.pop_back();
    // The first of the hops may itself be behind one, as its own configuration says.
    node.set_gateway(&node_of(last, std::move(via), false));
  }
  return node;
}

void Fleet::add_link(std::size_t number, const std::vector<Place>& via) {
  const auto& wanted = request_.links[number];
  const Place place{text(wanted.host), text(wanted.user), wanted.port};
  auto& node = node_of(place, via, false);
  auto bundle = [this, number](std::string_view line) -> std::string_view {
    const auto bytes = request_.bundle(call_, number, {line.data(), line.size()});
    if (bytes.ptr == nullptr) {
      told_[number] = true;
      throw Error();
    }
    return {bytes.ptr, bytes.len};
  };
  links_.push_back(std::make_unique<Link>(request_, wanted, node, std::move(bundle)));
}

// The configuration names hosts to jump through: they become the gateways of this node.
void Fleet::follow_jumps(Node& node) {
  auto jumps = node.take_jumps();
  if (jumps.empty()) return;
  const auto last = jumps.back();
  jumps.pop_back();
  auto& gateway = node_of(last, std::move(jumps), false);
  std::size_t depth = 0;
  for (const auto* at = &gateway; at != nullptr; at = at->gateway())
    if (at == &node || ++depth > kMaxJumps)
      return node.fail({Exit::usage, "cannot reach the host",
                        "its ProxyJump leads in a circle, or through more than 8 hosts",
                        "see what it says: " + command_of(shared_.config_file) + " -G HOST"});
  node.set_gateway(&gateway);
}

void Fleet::start_some() {
  auto busy = static_cast<std::size_t>(
      std::count_if(nodes_.begin(), nodes_.end(), [](const auto& node) { return node->under_way(); }));
  // Gateways are added on the way.  NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    auto& node = *nodes_[i];
    follow_jumps(node);
    if (node.stage() != Node::Stage::waiting) continue;
    auto* gateway = node.gateway();
    if (gateway != nullptr && gateway->stage() == Node::Stage::failed) {
      node.fail(behind(*gateway, gateway->error()));
    } else if ((gateway == nullptr || gateway->open()) && busy < std::max(request_.fanout, 1U)) {
      node.start();
      ++busy;
    }
  }
}

void Fleet::fail_behind() {
  // A connection that is lost takes what goes through it along.
  for (auto& node : nodes_)
    if (node->gateway() != nullptr && node->gateway()->stage() == Node::Stage::failed &&
        node->stage() != Node::Stage::failed)
      node->fail(behind(*node->gateway(), node->gateway()->error()));
}

// One more connection to the same host by the same way.
Node& Fleet::another(const Node& full) {
  auto*& next = more_[&full];
  if (next == nullptr || next->is_closed()) {
    nodes_.push_back(std::make_unique<Node>(shared_, full.place(), full.is_direct()));
    next = nodes_.back().get();
    if (full.is_direct()) next->set_gateway(full.gateway());
  }
  return *next;
}

// A server grants so many sessions on one connection (MaxSessions of sshd, 10): further ones get another.
bool Fleet::make_room() {
  bool moved = false;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    auto& link = *links_[i];
    if (link.done() || !link.refused()) continue;
    auto& node = link.node();
    const auto opens = [&](const auto& other) { return &other->node() == &node && other->is_opening(); };
    if (node.has_carried()) {
      link.move_to(another(node));
    } else if (std::none_of(links_.begin(), links_.end(), opens)) {  // it grants none at all
      link.fail(*link.refused());
      tell_done(i);
    } else {
      continue;
    }
    leave(&node);
    moved = true;
  }
  return moved;
}

bool Fleet::step_all() {
  bool moved = false;
  start_some();
  for (auto& node : nodes_)
    if (!asking_ || node.get() != may_ask_) moved = node->step() || moved;
  // This process is ended once the last host has answered: not later than now.
  if (std::none_of(nodes_.begin(), nodes_.end(), [](const auto& node) { return node->configuring(); }))
    shared_.answers.keep();
  fail_behind();
  moved = make_room() || moved;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    auto& link = *links_[i];
    if (link.done()) continue;
    if (is_held_up(link)) {
      moved = give_up(i) || moved;
      continue;
    }
    moved = link.step() || moved;
    tell_way(i);
    tell_reached(i);
    tell_basis(i);
    if (!link.done()) continue;
    tell_done(i);
    leave(&link.node());
  }
  return moved;
}

void Fleet::tell_way(std::size_t number) {
  constexpr std::size_t kEnd = offsetof(ctys_transport, leads_to) + sizeof request_.leads_to;
  if (request_.size < kEnd || request_.leads_to == nullptr || told_way_[number]) return;
  const auto way = links_[number]->node().leads_to();
  if (!way) return;
  told_way_[number] = true;
  request_.leads_to(call_, number, borrow(way->host), way->port, way->behind ? 1 : 0);
}

void Fleet::tell_reached(std::size_t number) {
  constexpr std::size_t kEnd = offsetof(ctys_transport, reached) + sizeof request_.reached;
  if (request_.size < kEnd || request_.reached == nullptr) return;
  auto& told = told_steps_[number];
  const auto& link = *links_[number];
  const auto& steps = link.node().reached();
  for (; told < steps.size(); ++told)
    request_.reached(call_, number, static_cast<std::int32_t>(told + 1), borrow(steps[told]));
  if (told != CTYS_REACHED_LOGIN || !link.started()) return;
  const std::string note = link.installed() ? "copied there now" : "";
  request_.reached(call_, number, CTYS_REACHED_COMMAND, borrow(note));
  ++told;
}

void Fleet::tell_basis(std::size_t number) {
  constexpr std::size_t kEnd = offsetof(ctys_transport, rests_on) + sizeof request_.rests_on;
  const auto& link = *links_[number];
  if (request_.size < kEnd || request_.rests_on == nullptr || told_basis_[number] || !link.started()) return;
  told_basis_[number] = true;
  for (const auto& file : link.node().rests_on()) request_.rests_on(call_, number, borrow(file));
}

void Fleet::tell_done(std::size_t number) {
  if (told_[number]) return;
  told_[number] = true;
  const Error none(Exit::ok, {});
  const auto& error = links_[number]->error().value_or(none);
  request_.closed(call_, number, static_cast<std::int32_t>(error.code), borrow(error.summary),
                  borrow(error.why), borrow(error.fix), borrow(error.where));
}

void Fleet::run() {
  while (std::any_of(links_.begin(), links_.end(), [](const auto& link) { return !link->done(); }))
    if (!step_all() && !answer_all() && !let_one_ask()) wait();
}

bool Fleet::answer_all() {
  bool answered = false;
  for (auto& node : nodes_) answered = node->answer() || answered;
  return answered;
}

// `readable`: ends it, too, when there is something to read.
void Fleet::wait(int readable) {
  std::vector<pollfd> waiting{{readable, POLLIN, 0}};
  std::optional<Instant> first;
  const auto earlier = [&](std::optional<Instant> when) {
    if (when && (!first || *when < *first)) first = when;
  };
  for (const auto& node : nodes_) {
    if (asking_ && node.get() == may_ask_) continue;
    node->watch(waiting);
    earlier(node->wakes());
  }
  for (const auto& link : links_) {
    if (is_held_up(*link)) {
      if (time_runs()) earlier(link->wakes());
      continue;
    }
    link->watch(waiting);
    earlier(link->wakes());
  }
  int left = -1;
  if (first) {
    const auto until = std::chrono::ceil<std::chrono::milliseconds>(*first - Clock::now()).count();
    left = static_cast<int>(std::clamp<std::int64_t>(until, 0, 60'000));
  }
  ::poll(waiting.data(), waiting.size(), left);
}

}  // namespace ctys::ssh
