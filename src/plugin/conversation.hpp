// What one worker says, from its hello to its end: judged line by line, believed until it breaks a rule.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugin/behind.hpp"
#include "plugin/byte_stream.hpp"
#include "plugin/collect.hpp"
#include "wire/message.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ctys::plugin {

// Who speaks at the other end.
struct Peer {
  std::string subject;        // of messages about it: "plugin QEMU", "lab01"
  std::string type;           // filled into records and failures; empty: as they say
  std::string host;           // what records and failures have as their host; empty: as the hello says
  std::string endpoint = {};  // where failures are that do not say where they were
  bool outermost = true;      // the type is put before the place of a failure
  bool strict_host = false;   // a record's own host does not count: it would be another's row
  bool acts = false;          // what it was asked for may be done, though it breaks the rules
  std::vector<std::string> behind = {};  // it is a gateway, which speaks for these hosts
};

class Conversation {
 public:
  explicit Conversation(Peer peer) : peer_(std::move(peer)), behind_(peer_.behind) {}

  // Takes what arrived. Nothing any more once ended() is true.
  void feed(std::string_view bytes, const std::function<void(std::string_view)>& progress);
  // Where the bytes of a console go; without it they are against the rules. Outlives the conversation.
  void carry(ByteStream* bytes) { stream_ = bytes; }
  // Ends it with a failure. `unfinished`: see Failure.
  void stop(Error error, bool unfinished = false);
  [[nodiscard]] bool greeted() const { return greeted_; }
  [[nodiscard]] bool ended() const { return ended_; }
  // The other end has ended this one as it should, and waits for another call.
  [[nodiscard]] bool may_go_on() const { return ended_ && takes_another_; }
  // It begins where another conversation with the same end stopped: hello was said.
  void go_on() { greeted_ = takes_another_ = true; }
  // It has answered a sign of life, or shown one by itself.
  [[nodiscard]] bool shows_life() const { return shows_life_; }
  // What it last said it was at.
  [[nodiscard]] const std::string& doing() const { return doing_; }
  [[nodiscard]] std::size_t records() const { return outcome_.records.size() + behind_.records(); }
  [[nodiscard]] Outcome take() { return behind_.empty() ? std::move(outcome_) : behind_.take(); }
  // Adds what is complete and was not taken yet: of a gateway the answers of its hosts, with their numbers;
  // else this one under `number`, once it has ended.
  void take_complete(std::size_t number, Numbered& all);

 private:
  void take_line(std::string_view line, const std::function<void(std::string_view)>& progress);
  void take_hello(std::string_view line);
  void add_failure(Error error);
  void refuse_status(int status);
  [[nodiscard]] std::string fix_for_garbage() const;
  void refuse(Error error) { stop(std::move(error), peer_.acts && greeted_); }

  Peer peer_;
  wire::LineReader lines_;
  std::string doing_;
  bool greeted_ = false;
  bool ended_ = false;  // said "end", or was given up
  bool takes_another_ = false;
  bool shows_life_ = false;
  std::size_t bytes_ = 0;  // of lines
  ByteStream* stream_ = nullptr;
  Outcome outcome_;
  bool taken_ = false;
  Behind behind_;
};

}  // namespace ctys::plugin
