// What one worker says, from its hello to its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/conversation.hpp"

#include "base/log.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace ctys::plugin {
namespace {

// What one worker may send. Far above any real answer, far below what would hurt the caller.
constexpr std::size_t kMaxRecords = 100'000;
constexpr std::size_t kMaxBytes = 64U << 20;
constexpr std::size_t kMostTimes = 8;  // as much, from a gateway that speaks for many

}  // namespace

void Conversation::feed(std::string_view bytes, const std::function<void(std::string_view)>& progress) {
  lines_.feed(bytes);
  if (stream_ != nullptr) stream_->hear();
  while (!ended_) {
    while (stream_ != nullptr && stream_->expected() > 0) {
      const auto part = lines_.take(stream_->expected());
      if (part.empty()) return;
      stream_->take(part);
    }
    const auto line = lines_.next();
    if (!line) break;
    bytes_ += line->size();
    take_line(*line, progress);
  }
  if (ended_) return;
  const auto times = std::clamp<std::size_t>(behind_.hosts(), 1, kMostTimes);
  if (lines_.overlong())
    refuse({Exit::failed, peer_.subject + " sent garbage", "a line without end"});
  else if (bytes_ > times * kMaxBytes || records() > times * kMaxRecords)
    refuse({Exit::failed, peer_.subject + " sent more than ctys takes",
            "over " + std::to_string(times * kMaxRecords) + " records or " +
                std::to_string(times * kMaxBytes >> 20U) + " MiB"});
}

// Another host has a ctys of its own; a plugin is this one's.
std::string Conversation::fix_for_garbage() const {
  return peer_.strict_host ? "see whether the ctys there is of another version: ssh HOST ctys --version"
                           : "please report this as a bug of the plugin";
}

// Noise of a login shell may come first; only a hello counts.
void Conversation::take_hello(std::string_view line) {
  const auto message = wire::decode(line);
  if (!message || !std::holds_alternative<wire::Hello>(*message)) return;
  const auto& hello = std::get<wire::Hello>(*message);
  if (hello.protocol != wire::kProtocol)
    return stop({Exit::failed, "the worker speaks protocol " + std::to_string(hello.protocol),
                 "this ctys speaks " + std::to_string(wire::kProtocol),
                 "use the same version on both sides"});
  greeted_ = true;
  takes_another_ = hello.again;
  if (peer_.host.empty()) peer_.host = hello.host;
}

void Conversation::take_line(std::string_view line, const std::function<void(std::string_view)>& progress) {
  if (!greeted_) return take_hello(line);
  auto message = wire::decode(line);
  if (!message)
    return refuse({Exit::failed, peer_.subject + " sent garbage", message.error().why, fix_for_garbage()});
  if (!behind_.empty()) {
    const auto judged = behind_.hear(*message, peer_.host);
    if (judged == Behind::Judged::against_the_rules)
      return refuse({Exit::failed, peer_.subject + " sent garbage",
                     "it does not keep to the hosts it was given", fix_for_garbage()});
    if (judged == Behind::Judged::taken) return;
  }
  if (auto* record = std::get_if<model::Record>(&*message)) {
    if (peer_.strict_host || record->get(Field::host).empty()) record->set(Field::host, peer_.host);
    if (record->get(Field::type).empty()) record->set(Field::type, peer_.type);
    outcome_.records.push_back(std::move(*record));
    outcome_.silent = false;
  } else if (auto* error = std::get_if<Error>(&*message)) {
    add_failure(std::move(*error));  // the worker goes on until it says "end"
  } else if (auto* said = std::get_if<wire::Progress>(&*message)) {
    if (progress) progress(said->text);
    doing_ = std::move(said->text);
    outcome_.silent = false;
  } else if (const auto* line_of_log = std::get_if<wire::Log>(&*message)) {
    const auto severity = static_cast<log::Severity>(std::clamp(line_of_log->level, 0, 3));
    log::write(severity, text::lower(peer_.type.empty() ? peer_.subject : peer_.type), line_of_log->text);
  } else if (const auto* end = std::get_if<wire::End>(&*message)) {
    if (end->status != 0 && behind_.empty() && outcome_.failures.empty()) return refuse_status(end->status);
    behind_.end(peer_.host, peer_.acts);
    ended_ = true;
  } else if (const auto* header = std::get_if<wire::Bytes>(&*message)) {
    if (stream_ == nullptr || outcome_.records.empty())
      return refuse({Exit::failed, peer_.subject + " sent garbage", "bytes of a console that was not opened",
                     fix_for_garbage()});
    stream_->announce(*header);
    bytes_ -= line.size();  // a console may be open for years
  } else if (std::holds_alternative<wire::Alive>(*message)) {
    shows_life_ = true;
    if (stream_ != nullptr) bytes_ -= line.size();
  }
}

// An answer that failed and does not say why is not one of "there is nothing". Where it tells a result of a
// deed, it contradicts itself: this is not about what became of it, and goes beside the result.
void Conversation::refuse_status(int status) {
  const bool contradicts = peer_.acts && !outcome_.records.empty();
  stop({Exit::failed, peer_.subject + " sent garbage",
        "it ended with status " + std::to_string(status) + " and no error",
        contradicts ? "look whether it was done: ctys list --all" : fix_for_garbage()},
       peer_.acts && greeted_ && !contradicts);
}

void Conversation::add_failure(Error error) {
  if (error.where.empty()) error.where = peer_.endpoint;
  // The outermost collector puts the type before it; a worker that forwards leaves that to its caller.
  if (peer_.outermost && !peer_.type.empty())
    error.where = peer_.type + (error.where.empty() ? "" : ", " + error.where);
  outcome_.failures.push_back({std::move(error), peer_.host, peer_.type});
  outcome_.silent = false;
}

void Conversation::take_complete(std::size_t number, Numbered& all) {
  if (!behind_.empty()) return behind_.take_complete(all);
  if (!ended_ || taken_) return;
  taken_ = true;
  all.emplace_back(number, std::move(outcome_));
}

void Conversation::stop(Error error, bool unfinished) {
  if (!behind_.empty()) {
    behind_.stop(peer_.host, error, unfinished);
    ended_ = true;
    takes_another_ = false;
    return;
  }
  add_failure(std::move(error));
  outcome_.failures.back().unfinished = unfinished;
  outcome_.failures.back().no_answer = true;
  ended_ = true;
  takes_another_ = false;
}

}  // namespace ctys::plugin
