// One conversation of Links.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugin/byte_stream.hpp"
#include "plugin/conversation.hpp"
#include "remote/links.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ctys::remote {

inline std::int64_t now_ms() {
  using std::chrono::milliseconds;
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct Links::Link {
  Job job;
  std::size_t carrier = 0;  // which of them has its stream
  std::size_t number = 0;   // the transport's
  plugin::Conversation talk{plugin::Peer{}};
  Fd stream;
  std::string unsent;
  bool called = false;
  std::optional<std::int64_t> deadline;
  std::vector<std::string> reached;
  std::optional<wire::Leads> leads_to = {};
  std::vector<std::string> stamps = {};             // what it is trusted for
  std::optional<std::int64_t> asked_for_life = {};  // when, until it answers
  std::optional<std::int64_t> silent_since = {};    // of one that is borrowed, and has said nothing yet
  bool borrowed = false;
  bool again = false;                              // to be asked through a connection of its own
  std::unique_ptr<plugin::ByteStream> bytes = {};  // of a console
  std::optional<Error> last_word = {};             // of the transport about it

  // Nobody has answered before.
  void begin() {
    plugin::Peer peer{"the host", {}, job.target.name};
    peer.strict_host = true;
    peer.acts = !remote::only_reads(job.call) && job.call.verb != wire::Verb::console;
    peer.behind = job.behind;
    talk = plugin::Conversation(std::move(peer));
  }
  [[nodiscard]] bool may_read() const { return bytes == nullptr || bytes->has_room(); }
  // The console is open, and the transport takes what is sent.
  [[nodiscard]] bool may_send() const {
    return bytes != nullptr && stream && !talk.ended() && talk.records() > 0 &&
           unsent.size() < plugin::ByteStream::kRoom;
  }
  // A connection that was kept may have died unseen: who only reads may ask again.
  [[nodiscard]] bool may_ask_again() const { return is_repeatable() && !talk.ended(); }
  // A ctys of before there was a sign of life takes it for an error: it has done nothing, and ends.
  [[nodiscard]] bool is_refused() const { return is_repeatable() && talk.ended() && !talk.shows_life(); }
  // Of one with a deadline. The result of a deed that was sent is worth a little more time, in which the
  // other side asks what became of a machine whose worker it had to end.
  [[nodiscard]] std::int64_t ends_at() const {
    constexpr std::int64_t kGrace = 1'500;
    return *deadline + (may_be_done() ? kGrace : 0);
  }
  // What would be begun now would be done when nobody waits for it any more. `margin`: milliseconds.
  [[nodiscard]] bool has_no_time_to_act(std::int64_t margin) const {
    return !only_reads() && deadline && *deadline - now_ms() <= margin;
  }
  [[nodiscard]] bool only_reads() const { return remote::only_reads(job.call); }
  // It may be done by now, whoever hears of it.
  [[nodiscard]] bool may_be_done() const { return called && !only_reads(); }

 private:
  [[nodiscard]] bool is_repeatable() const { return borrowed && bytes == nullptr && only_reads(); }
};

}  // namespace ctys::remote
