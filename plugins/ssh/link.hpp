// One command on one host: found or installed there, then its bytes carried to and fro.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node.hpp"

#include <ctys/abi.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ctys::ssh {

class Link {
 public:
  // `bundle`: what to install, given the line that said it is missing; throws Error when it cannot be.
  using Bundle = std::function<std::string_view(std::string_view line)>;

  Link(const ctys_transport& request, const ctys_link& wanted, Node& node, Bundle bundle);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() = default;

  [[nodiscard]] Node& node() const { return *node_; }
  [[nodiscard]] bool done() const { return stage_ == Stage::done; }
  // The time that was given is over.
  [[nodiscard]] bool is_late() const { return deadline_ && Clock::now() >= *deadline_; }
  // Set when it was done by a failure.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  // Has the command begun to speak? And was it installed for that?
  [[nodiscard]] bool started() const { return started_to_speak_; }
  [[nodiscard]] bool installed() const { return installed_; }
  // The server grants its connection no further session, and why it says so; until it is moved, or fails.
  [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }
  [[nodiscard]] bool is_opening() const { return stage_ == Stage::opening && !refused_; }
  // To another connection to the same host.
  void move_to(Node& node);
  bool step();
  void fail(Error error);
  void postpone(Clock::duration by);
  void watch(std::vector<pollfd>& waiting) const;
  [[nodiscard]] std::optional<Instant> wakes() const;

 private:
  enum class Stage {
    opening,
    asking,
    starting,
    install_opening,
    install_asking,
    installing,
    streaming,
    done
  };
  bool step_once();
  bool open_channel(Stage next);
  bool ask_for(std::string_view command, Stage next, std::chrono::milliseconds limit);
  bool read_start();
  void restart(Stage stage);
  [[nodiscard]] std::string system_command() const;
  [[nodiscard]] bool may_be_damaged() const;
  [[nodiscard]] bool complains_of_end() const;
  void ask_for_copy();
  bool take_line(std::string_view line);
  bool install();
  bool stream();
  void read_errors();
  void finish();
  [[nodiscard]] std::string ssh() const;  // for remedies
  [[nodiscard]] std::string last_words() const;
  [[noreturn]] void complain(const std::string& what, const std::string& fix) const;
  [[noreturn]] void complain_of_time() const;
  [[noreturn]] void complain_of_copy() const;

  const ctys_transport& request_;
  Node* node_;
  Bundle bundle_;
  Stage stage_ = Stage::opening;
  std::optional<Error> error_;
  std::optional<Error> refused_;
  std::optional<Instant> deadline_;  // for the command to be ready
  Instant limit_{};                  // of the stage
  Descriptor socket_;
  Channel channel_;
  std::string started_;    // what it said before it was ready: the unfinished line
  std::size_t noise_ = 0;  // bytes of it
  std::string errors_;     // the end of its stderr
  std::string in_;         // to the socket
  std::string out_;        // to the command
  std::string_view to_install_;
  bool installed_ = false;
  bool start_over_ = false;       // what was started has said all that it will
  bool asks_for_system_ = false;  // of a host where what was copied did not start: to copy it anew
  bool install_failed_ = false;
  bool started_to_speak_ = false;
};

}  // namespace ctys::ssh
