// Conversations with workers on other hosts: one transport process for all of them, one stream for each.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/file.hpp"
#include "model/target.hpp"
#include "plugin/behind.hpp"
#include "plugin/collector.hpp"
#include "remote/carrier.hpp"
#include "remote/way.hpp"
#include "wire/message.hpp"

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <termios.h>
#include <vector>

namespace ctys::remote {

// Every job ends in what its host answered or in at least one failure with the target's name on it; records
// and failures have that name as their host, whatever the host says of itself.
class Links final : public plugin::Gathering {
 public:
  // `stream`: of a console; its bytes are those of the first job.
  Links(std::vector<Job> jobs, const Way& way, plugin::Options options, Fd stream = {});
  Links(const Links&) = delete;
  Links& operator=(const Links&) = delete;
  ~Links() override;  // nothing of it is left

  [[nodiscard]] bool done() const override;
  void watch(std::vector<pollfd>& waiting) const override;
  [[nodiscard]] int time_left() const override;
  void handle(std::span<const pollfd> ready) override;
  void abandon(const Error& error) override;
  // The steps that the connection of a job has behind it, from CTYS_REACHED_NAME on, each with a few words on
  // how.
  [[nodiscard]] const std::vector<std::string>& reached(std::size_t job) const;
  // Where the configuration says that it is; nullptr: that was not told.
  [[nodiscard]] const wire::Leads* leads_to(std::size_t job) const;
  // Has its worker said hello?
  [[nodiscard]] bool greeted(std::size_t job) const;
  // What is complete by now and was not taken yet, by the numbers of the jobs; of a gateway, which is a job
  // alone then, by those of its hosts.
  [[nodiscard]] plugin::Numbered take_complete();
  [[nodiscard]] std::size_t records() const override;
  [[nodiscard]] std::vector<plugin::Outcome> take_each() override;

 private:
  struct Link;
  void start(std::span<Link* const> links);
  [[nodiscard]] bool go_on();
  void use(Kept kept, std::span<Link* const> links);
  void borrow_some();
  void keep_for_next();
  void leave_for_others();
  void retry();
  [[nodiscard]] Link* numbered(std::size_t carrier, std::size_t number);
  void receive(Link& link);
  void send_call(Link& link);
  [[nodiscard]] bool wants_round_trip(const Link& link) const;
  static void ask_for_life(Link& link);
  void flush(Link& link);
  void handle_bytes(Link& link, std::span<const pollfd> ready);
  void judge_end(Link& link);
  void hear(std::size_t carrier);
  void take_word(std::size_t carrier, std::string_view line);
  void fail_on(std::size_t carrier, const Error& error);
  void all_fail(const Error& error);
  void end();

  plugin::Options options_;
  Way way_;
  std::vector<Link> links_;
  std::deque<Carrier> carriers_;              // one, and more where connections are borrowed
  std::optional<std::string> keep_as_;        // the way, where the hosts are kept
  std::optional<std::int64_t> asking_since_;  // a person is being asked
  std::optional<termios> terminal_;           // as it was before anybody was asked
};

// All jobs to their end.
[[nodiscard]] std::vector<plugin::Outcome> ask_each(std::vector<Job> jobs, const Way& way,
                                                    const plugin::Options& options);

}  // namespace ctys::remote
