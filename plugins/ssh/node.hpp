// One SSH connection: from a name to a verified, logged-in session, step by step and without blocking.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "answers.hpp"
#include "config.hpp"
#include "handles.hpp"
#include "keys.hpp"
#include "login.hpp"
#include "query.hpp"
#include "revoked.hpp"

#include <ctys/abi.h>
#include <ctys/error.hpp>

#include <poll.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ctys::ssh {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;

// What all connections of one call share.
struct Shared {
  std::string config_file;
  std::string home;
  Answers answers;
  Keys keys;
  AgentProbes agents;
  Asker asker;  // empty: nobody can be asked
  // What a person has said of host keys, by the line for each: a host may have several names.
  std::map<std::string, bool> judged;
};

// SHA256:..., as OpenSSH shows it.
[[nodiscard]] std::string fingerprint_of(ssh_key key);

class Node {
 public:
  enum class Stage {
    waiting,      // for its turn, or for its gateway
    configuring,  // ssh -G
    resolving,
    connecting,
    exchanging,  // keys, and whose they are
    logging_in,
    ready,
    failed,
    closed,
  };

  // `place`: where to. `direct`: the configuration's ProxyJump does not count, because the way was given.
  Node(Shared& shared, Place place, bool direct)
      : shared_(shared), place_(std::move(place)), direct_(direct) {}
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node() = default;

  // Nothing is in its way but the limit of how many are asked at once?
  [[nodiscard]] bool waits_for_its_turn() const {
    return stage_ == Stage::waiting && (gateway_ == nullptr || gateway_->open());
  }
  [[nodiscard]] Stage stage() const { return stage_; }
  [[nodiscard]] bool open() const { return stage_ == Stage::ready; }
  [[nodiscard]] bool configuring() const { return stage_ == Stage::configuring; }
  [[nodiscard]] bool under_way() const { return stage_ > Stage::waiting && stage_ < Stage::ready; }
  [[nodiscard]] const Error& error() const { return error_; }
  [[nodiscard]] const Place& place() const { return place_; }
  // For remedies: what begins a line for a person to try, with the gateways on the way.
  [[nodiscard]] std::string ssh() const;
  [[nodiscard]] ssh_session session() const { return session_.get(); }
  // The gateway it goes through, if any: known after the configuration was read.
  [[nodiscard]] Node* gateway() const { return gateway_; }
  // What has been reached so far, CTYS_REACHED_NAME to CTYS_REACHED_LOGIN, each with a few words on how.
  [[nodiscard]] const std::vector<std::string>& reached() const { return reached_; }
  // Where its configuration leads, once that was read; else nullopt.
  struct Way {
    std::string host;
    unsigned port = 0;
    bool behind = false;  // through others, or through a command
  };
  [[nodiscard]] std::optional<Way> leads_to() const;
  // The files that say where it leads and whose keys are trusted, those of its gateways included; empty where
  // more than files does, or one of them has changed since it was read.
  [[nodiscard]] std::vector<std::string> rests_on() const;
  void set_gateway(Node* gateway) { gateway_ = gateway; }
  // The one on its way that is waited for: the first of its gateways that is not open, else itself.
  [[nodiscard]] const Node& awaited() const {
    const auto* at = this;
    while (at->gateway_ != nullptr && !at->gateway_->open()) at = at->gateway_;
    return *at;
  }
  // The way to it was given: its configuration's ProxyJump does not count.
  [[nodiscard]] bool is_direct() const { return direct_; }
  // Whether its server has granted a session so far.
  [[nodiscard]] bool has_carried() const { return has_carried_; }
  void note_carried() { has_carried_ = true; }
  // Hosts to jump through that the configuration names and that have no node yet; once.
  [[nodiscard]] std::vector<Place> take_jumps() { return std::exchange(jumps_, {}); }

  // Answers what has come through a gateway and needs no answer. True: something was sent.
  bool answer();
  void start();
  // Goes as far as it can without waiting. True: something changed.
  bool step();
  void fail(Error error);
  // Ends the connection for good; whoever uses its session has let go of it.
  void close();
  [[nodiscard]] bool is_closed() const { return closed_; }
  // It has a question, and another one is open.
  [[nodiscard]] bool waits_to_ask() const { return waits_to_ask_; }
  // step() may ask again.
  void try_to_ask() { waits_to_ask_ = false; }
  // Why it is not open, where the time is over and that is not for its server: an agent says nothing.
  [[nodiscard]] std::optional<Error> delay() const;
  // Why it is not open, where a question was not answered in time: about it, or one that it waited for.
  [[nodiscard]] Error unanswered(bool about_it) const;
  // Time passed while a person was asked.
  void postpone(Clock::duration by);

  void watch(std::vector<pollfd>& waiting) const;
  [[nodiscard]] std::optional<Instant> wakes() const;  // when to call step() whatever happens

 private:
  bool step_once();
  void enter(Stage stage, std::chrono::milliseconds limit);
  bool ask_config();
  void read_config();
  bool connect();
  bool connect_next();
  bool tunnel();
  void make_session(int fd);
  void limit_algorithms();
  bool exchange();
  bool log_in();
  bool verify();
  bool check_revoked(const std::string& type, const std::string& base64, const std::string& print);
  void ask_about(const std::string& name, const std::string& type, const std::string& base64,
                 const std::string& print);
  bool retry();
  void pump();
  void reach(std::int32_t step, std::string how);
  void trust();
  void reach_name();
  void reach_port();
  [[nodiscard]] std::string name() const { return text_of(place_); }
  [[nodiscard]] std::string jumps() const;  // "gw1,gw2", the nearest first; empty: there are none
  [[nodiscard]] std::string forget_fix(const std::string& known_as, std::string_view place) const;
  [[nodiscard]] std::string scan_fix() const;

  Shared& shared_;
  Place place_;
  bool direct_;
  Stage stage_ = Stage::waiting;
  Error error_;
  Instant limit_{};                // of the stage
  std::optional<Instant> resume_;  // a pause before the next try
  unsigned tries_ = 0;
  std::unique_ptr<Query> query_;  // empty: its answer is known
  Config config_;
  std::vector<Place> jumps_;
  Node* gateway_ = nullptr;
  std::unique_ptr<LookUp> look_up_;
  std::unique_ptr<Revocation> revocation_;
  std::vector<Address> addresses_;
  std::size_t next_address_ = 0;
  Descriptor socket_;
  // Through a gateway: a channel of its session, and a pair of sockets whose far end is this session's.
  Channel tunnel_;
  bool tunnel_open_ = false;
  bool unanswered_ = false;  // a small packet has come, and nothing was sent since
  Descriptor near_;
  std::string in_;   // from the gateway to the session
  std::string out_;  // from the session to the gateway
  Session session_;  // after the channels that use it
  int fd_ = -1;      // the session's
  std::unique_ptr<Login> login_;
  Instant alive_{};  // when the last sign of life was sent
  std::vector<std::string> reached_;
  std::vector<std::string> trusted_;  // stamps of the known hosts, see basis.hpp
  bool closed_ = false;
  bool has_carried_ = false;
  bool exchanged_ = false;    // of the session: it has the server's key
  bool not_revoked_ = false;  // that key, as far as RevokedHostKeys says
  bool waits_to_ask_ = false;
};

// What the failure of a gateway means for who is behind it. The nearest of several is the one that is named.
[[nodiscard]] Error behind(const Node& gateway, Error error);

}  // namespace ctys::ssh
