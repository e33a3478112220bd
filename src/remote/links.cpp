// Conversations with workers on other hosts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/links.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "model/remedy.hpp"
#include "remote/link.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <numeric>
#include <string>
#include <utility>

namespace ctys::remote {
namespace {

// The far side ends a little before us: what it has by then is worth having.
constexpr std::int64_t kMargin = 300;
// As long as a worker that was kept may be silent before the connection to it is given up.
constexpr std::int64_t kSilence = 3'000;

// How long it takes to a host and back, in milliseconds, as this command line has seen it last.
std::int64_t& round_trip_to(const model::Target& target) {
  static std::map<std::string, std::int64_t> seen;
  return seen[model::text_of(target)];
}

}  // namespace

Links::~Links() {
  end();
}

Links::Link* Links::numbered(std::size_t carrier, std::size_t number) {
  const auto at = std::find_if(links_.begin(), links_.end(), [&](const Link& link) {
    return link.carrier == carrier && link.number == number;
  });
  return at == links_.end() ? nullptr : &*at;
}

bool Links::done() const {
  return std::all_of(links_.begin(), links_.end(), [](const Link& link) {
    return link.talk.ended() && (link.bytes == nullptr || !link.bytes->pending());
  });
}

void Links::watch(std::vector<pollfd>& waiting) const {
  for (const auto& carrier : carriers_)
    if (carrier.control) waiting.push_back({carrier.control.get(), POLLIN, 0});
  for (const auto& link : links_) {
    if (link.bytes) link.bytes->watch(waiting, link.may_send());
    if (link.talk.ended() || !link.stream) continue;
    const int events = (link.may_read() ? POLLIN : 0) | (link.unsent.empty() ? 0 : POLLOUT);
    if (events != 0) waiting.push_back({link.stream.get(), static_cast<short>(events), 0});
  }
}

int Links::time_left() const {
  if (asking_since_ && way_.patient) return -1;
  std::optional<std::int64_t> first;
  const auto until = [&](std::int64_t time) { first = first ? std::min(*first, time) : time; };
  for (const auto& link : links_) {
    if (!link.talk.ended() && link.deadline) until(link.ends_at());
    if (link.may_ask_again() && link.silent_since) until(*link.silent_since + kSilence);
  }
  if (!links_.empty() && links_[0].bytes && !links_[0].talk.ended()) return links_[0].bytes->time_left();
  if (!first) return -1;
  return static_cast<int>(std::clamp<std::int64_t>(*first - now_ms(), 0, 3'600'000));
}

void Links::handle(std::span<const pollfd> ready) {
  const auto find = [&](int fd) {
    const auto at = std::find_if(ready.begin(), ready.end(), [fd](const pollfd& p) { return p.fd == fd; });
    return at == ready.end() ? short{0} : at->revents;
  };
  for (auto& link : links_) {
    if (link.bytes) handle_bytes(link, ready);
    if (link.talk.ended() || !link.stream) continue;
    const auto events = find(link.stream.get());
    if ((events & POLLOUT) != 0) flush(link);
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) receive(link);
  }
  for (std::size_t i = 0; i < carriers_.size(); ++i)
    if (carriers_[i].control && find(carriers_[i].control.get()) != 0) hear(i);
  for (auto& link : links_) {
    if (link.may_ask_again() && link.silent_since && now_ms() >= *link.silent_since + kSilence)
      link.again = true;
    if (link.again || link.talk.ended() || !link.deadline || (asking_since_ && way_.patient) ||
        now_ms() < link.ends_at())
      continue;
    link.talk.stop({Exit::deadline,
                    "the host did not answer within " +
                        text::seconds(link.job.call.whole_ms.value_or(*link.job.call.deadline_ms)),
                    link.talk.doing().empty() ? std::string() : "it was " + link.talk.doing(),
                    "give it more time with --deadline"},
                   link.may_be_done());
    link.stream.reset();
  }
  retry();
  if (done()) end();
}

void Links::handle_bytes(Link& link, std::span<const pollfd> ready) {
  link.bytes->handle(ready, link.may_send(), link.unsent);
  if (link.talk.ended() || !link.stream || link.talk.records() == 0) return;
  if (!link.unsent.empty()) flush(link);
  if (!link.bytes->is_silent()) return;
  link.talk.stop({Exit::unreachable, "the connection was lost",
                  "nothing was heard for " + text::seconds(link.bytes->silence().count()),
                  "run the command again"});
  link.stream.reset();
}

// Only now is it known how much time is left for the call.
void Links::send_call(Link& link) {
  constexpr std::int64_t kLeast = 100;
  // The call is on its way for a part of its time, and its answer for another one.
  const auto margin = kMargin + round_trip_to(link.job.target);
  if (link.has_no_time_to_act(margin)) {
    link.talk.stop({Exit::deadline, "the time was over before it was begun", "nothing was done",
                    "give it more time with --deadline"});
    return link.stream.reset();
  }
  link.called = true;
  auto call = link.job.call;
  if (!call.whole_ms) call.whole_ms = call.deadline_ms;
  if (link.deadline)
    call.deadline_ms = static_cast<int>(std::max(*link.deadline - now_ms() - margin, kLeast));
  // The far side waits a little longer than this one keeps it.
  if (way_.persist) call.patience_ms = static_cast<int>(way_.persist->count() + 10'000);
  if (wants_round_trip(link)) ask_for_life(link);
  link.unsent += wire::encode(call);
  flush(link);
}

// A deed may follow, which is not to be begun there when nobody waits for it any more. A ctys that was
// installed by others may not know the sign.
bool Links::wants_round_trip(const Link& link) const {
  return way_.keep && way_.may_copy && way_.command.empty() && link.only_reads() && !link.asked_for_life &&
         link.bytes == nullptr && round_trip_to(link.job.target) == 0;
}

void Links::ask_for_life(Link& link) {
  link.asked_for_life = now_ms();
  link.unsent += wire::encode(wire::Alive{});
}

void Links::flush(Link& link) {
  const ssize_t n = ::send(link.stream.get(), link.unsent.data(), link.unsent.size(), MSG_NOSIGNAL);
  if (n > 0) link.unsent.erase(0, static_cast<std::size_t>(n));
  if (n < 0 && errno != EAGAIN && errno != EINTR) link.unsent.clear();  // the transport will tell why
}

void Links::receive(Link& link) {
  std::array<char, 65536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the kernel
  while (link.stream && !link.talk.ended() && link.may_read()) {
    const ssize_t n = ::read(link.stream.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {  // what it means comes from the transport
      link.stream.reset();
      return judge_end(link);
    }
    link.silent_since.reset();
    link.talk.feed({chunk.data(), static_cast<std::size_t>(n)}, asking_since_ ? nullptr : options_.progress);
    if (link.asked_for_life && link.talk.shows_life())
      round_trip_to(link.job.target) = now_ms() - *std::exchange(link.asked_for_life, std::nullopt);
    link.again = link.again || link.is_refused();
    if (link.talk.greeted() && !link.called && !link.talk.ended()) send_call(link);
    // Nobody is asked any more: a key that ends what runs in the foreground is not for the transport.
    if (link.bytes && link.talk.records() > 0) carriers_[link.carrier].into_background();
  }
  // The other side ends with it, or waits for the next call.
  if (link.talk.ended() && !(keep_as_ && link.talk.may_go_on())) link.stream.reset();
}

void Links::hear(std::size_t carrier) {
  auto& from = carriers_[carrier];
  std::array<char, 16384> chunk{};
  for (;;) {
    const ssize_t n = ::read(from.control.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      from.control.reset();
      return fail_on(
          carrier,
          {Exit::failed, "the SSH transport ended unexpectedly", {}, "please report this as a bug of ctys"});
    }
    from.words.feed({chunk.data(), static_cast<std::size_t>(n)});
    while (const auto line = from.words.next()) take_word(carrier, *line);
  }
}

void Links::take_word(std::size_t carrier, std::string_view line) {
  auto message = wire::decode(line);
  if (!message) return log::write(log::Severity::debug, "remote", message.error().why);
  if (auto* error = std::get_if<Error>(&*message)) return fail_on(carrier, *error);
  if (const auto* said = std::get_if<wire::Log>(&*message))
    return log::write(static_cast<log::Severity>(std::clamp(said->level, 0, 3)), "ssh", said->text);
  if (const auto* asking = std::get_if<wire::Asking>(&*message)) {
    if (asking->begins) {
      asking_since_ = now_ms();
      if (options_.progress) options_.progress({});  // the line belongs to the question
    } else if (asking_since_) {
      for (auto& link : links_)
        if (way_.patient && link.deadline) *link.deadline += now_ms() - *asking_since_;
      asking_since_.reset();
    }
    return;
  }
  if (auto* reached = std::get_if<wire::Reached>(&*message)) {
    if (auto* const link = numbered(carrier, reached->link))
      link->reached.push_back(std::move(reached->note));
    return;
  }
  if (auto* leads = std::get_if<wire::Leads>(&*message)) {
    if (auto* const link = numbered(carrier, leads->link)) link->leads_to = std::move(*leads);
    return;
  }
  if (auto* rests = std::get_if<wire::Rests>(&*message)) {
    if (auto* const link = numbered(carrier, rests->link)) link->stamps.push_back(std::move(rests->stamp));
    return;
  }
  auto* closed = std::get_if<wire::Closed>(&*message);
  auto* const at = closed == nullptr ? nullptr : numbered(carrier, closed->link);
  if (at == nullptr) return;
  auto& link = *at;
  link.last_word = std::move(closed->error);
  link.last_word->fix = model::with_user(link.last_word->fix, link.job.target.user);
  receive(link);                             // all it sent is there by now
  if (link.may_read()) link.stream.reset();  // else there is more, and nobody to take it yet
  judge_end(link);
}

// When all is read and the transport has said why nothing more comes.
void Links::judge_end(Link& link) {
  if (link.talk.ended() || link.stream || !link.last_word) return;
  if (link.may_ask_again()) {
    link.again = true;
    return;
  }
  if (link.last_word->code != Exit::ok)
    link.talk.stop(*std::move(link.last_word), link.may_be_done());
  else if (link.may_be_done())
    link.talk.stop({Exit::failed, "ctys ended there", "it had not said what it did"}, true);
  else
    link.talk.stop({Exit::failed, "the answer is not complete", "ctys ended there before it had said so",
                    "run the command again"});
}

// Of all that this one carries.
void Links::fail_on(std::size_t carrier, const Error& error) {
  for (auto& link : links_) {
    if (link.carrier != carrier) continue;
    link.stream.reset();
    if (link.may_ask_again())
      link.again = true;
    else if (!link.talk.ended())
      link.talk.stop(error, link.may_be_done());
  }
}

void Links::all_fail(const Error& error) {
  for (auto& link : links_) {
    if (!link.talk.ended()) link.talk.stop(error, link.may_be_done());
    link.stream.reset();
  }
}

void Links::abandon(const Error& error) {
  all_fail(error);
  if (way_.persist) keep_as_.reset();  // nobody knows what is under way
  for (auto& link : links_)
    if (link.bytes) link.bytes->drop();
  end();
}

// Closes the streams: workers on other hosts end with their input, the transport's connections with it.
void Links::end() {
  if (keep_as_ && way_.persist && !asking_since_)
    leave_for_others();
  else if (keep_as_ && !way_.persist && !carriers_.empty() && carriers_.front().control)
    keep_for_next();
  for (auto& link : links_) link.stream.reset();
  carriers_.clear();
  // It may have been ended in the middle of a question, without echo.
  if (asking_since_ && terminal_) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &*terminal_);
    (void)write_all(STDERR_FILENO, "\n");  // what is said now is no part of the question
  }
  asking_since_.reset();
}

std::size_t Links::records() const {
  return std::accumulate(links_.begin(), links_.end(), std::size_t{0},
                         [](std::size_t sum, const Link& link) { return sum + link.talk.records(); });
}

plugin::Numbered Links::take_complete() {
  plugin::Numbered all;
  for (std::size_t at = 0; at < links_.size(); ++at) links_[at].talk.take_complete(at, all);
  return all;
}

std::vector<plugin::Outcome> Links::take_each() {
  std::vector<plugin::Outcome> each;
  each.reserve(links_.size());
  for (auto& link : links_) each.push_back(link.talk.take());
  return each;
}

const std::vector<std::string>& Links::reached(std::size_t job) const {
  return links_.at(job).reached;
}

const wire::Leads* Links::leads_to(std::size_t job) const {
  const auto& told = links_.at(job).leads_to;
  return told ? &*told : nullptr;
}

bool Links::greeted(std::size_t job) const {
  return links_.at(job).talk.greeted();
}

std::vector<plugin::Outcome> ask_each(std::vector<Job> jobs, const Way& way, const plugin::Options& options) {
  Links links(std::move(jobs), way, options);
  plugin::wait_for(links);
  return links.take_each();
}

}  // namespace ctys::remote
