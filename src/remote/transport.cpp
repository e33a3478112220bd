// The process that carries all byte streams to other hosts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/transport.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "plugin/find.hpp"
#include "plugin/handle.hpp"
#include "plugin/load.hpp"
#include "remote/bundle.hpp"
#include "remote/command.hpp"
#include "remote/configuration.hpp"
#include "remote/stamp.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ctys::remote {
namespace {

using plugin::borrow;
using plugin::view;

struct Context {
  const Way& way;
  std::span<const FarEnd> ends;
  std::optional<Result<std::string>> bundle;  // made when the first host needs it
};

void say_closed(ctys_call* call, std::size_t link, Error error) {
  plugin::send(call->out, wire::Closed{link, std::move(error)});
}

void closed(ctys_call* call, std::size_t link, std::int32_t code, ctys_str what, ctys_str why, ctys_str fix,
            ctys_str where) {
  say_closed(call, link,
             {static_cast<Exit>(code), std::string(view(what)), std::string(view(why)),
              std::string(view(fix)), std::string(view(where))});
}

void asking(ctys_call* call, std::int32_t begins) {
  plugin::send(call->out, wire::Asking{begins != 0});
}

void reached(ctys_call* call, std::size_t link, std::int32_t step, ctys_str note) {
  plugin::send(call->out, wire::Reached{link, step, std::string(view(note))});
}

void leads_to(ctys_call* call, std::size_t link, ctys_str host, std::uint32_t port, std::int32_t behind) {
  plugin::send(call->out, wire::Leads{link, std::string(view(host)), static_cast<int>(port), behind != 0});
}

void rests_on(ctys_call* call, std::size_t link, ctys_str path) {
  plugin::send(call->out, wire::Rests{link, stamp_of(std::string(view(path)))});
}

// Of the line kAbsent: what the machine is, and the file in PATH that is not to be started, if there is one.
std::pair<std::string_view, std::string_view> read_absent(std::string_view line) {
  const auto said = text::trim(line.substr(std::min(kAbsent.size(), line.size())));
  const auto processor = std::min(said.find(' '), said.size() - 1) + 1;
  const auto end = std::min(said.find(' ', processor), said.size());
  return {said.substr(0, end), text::trim(said.substr(end))};
}

ctys_str bundle_for(ctys_call* call, std::size_t link, ctys_str line) {
  auto& context = *static_cast<Context*>(call->context);
  const auto refuse = [&](Error error) {
    say_closed(call, link, std::move(error));
    return ctys_str{nullptr, 0};
  };
  const auto [theirs, in_path] = read_absent(view(line));
  if (!context.way.may_copy && !in_path.empty())
    return refuse({Exit::failed, "there is no ctys there",
                   text::printable(in_path) + " in its PATH does not answer as one",
                   "see what that file is, or leave out --no-copy"});
  if (!context.way.may_copy)
    return refuse({Exit::failed, "there is no ctys there", "it may not be copied there (--no-copy)",
                   "install it there, or leave out --no-copy"});
  if (theirs != machine())
    return refuse({Exit::failed, "there is no ctys there",
                   "this one is built for " + machine() + ", that host is " + text::printable(theirs),
                   "install a ctys there that is built for it, then use --no-copy"});
  if (!context.bundle) context.bundle.emplace(bundle());
  if (!*context.bundle) return refuse(context.bundle->error());
  return borrow(**context.bundle);
}

// A background job that asked would be stopped by the kernel.
bool has_terminal() {
  return ::isatty(STDERR_FILENO) != 0 && ::isatty(STDIN_FILENO) != 0 &&
         ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
}

Result<int> run(ctys_call* call, const Way& way, std::span<const FarEnd> ends, bool may_ask) {
  const auto file = TRY(plugin::find_transport("ssh"));
  if (!file.refused.empty())
    return fail(Exit::failed, "cannot load plugin " + file.path.string(), file.refused, file.remedy);
  const auto table = TRY(plugin::load(file.path));
  if (table.transport == nullptr) return fail(Exit::failed, file.path.string() + " is no transport");
  const auto id = TRY(bundle_id());
  const auto command = way.command.empty() ? start_command(id, !way.may_copy) : way.command;
  const auto install = install_command(id);
  const auto config = TRY(named_configuration()).value_or("");
  std::vector<ctys_link> links;
  links.reserve(ends.size());
  for (const auto& end : ends)
    links.push_back({borrow(end.job->target.host), borrow(end.job->target.user), end.job->target.port,
                     end.deadline_ms.value_or(-1), end.stream, 0});
  std::vector<std::string> hops;
  hops.reserve(way.via.size());
  for (const auto& hop : way.via) hops.push_back(model::text_of(hop));
  std::vector<ctys_str> via;
  via.reserve(hops.size());
  for (const auto& hop : hops) via.push_back(borrow(hop));
  ctys_transport request{};
  request.size = sizeof request;
  if (may_ask) request.flags |= CTYS_MAY_ASK;
  if (way.may_copy) request.flags |= CTYS_MAY_COPY;
  if (!way.patient) request.flags |= CTYS_TIME_RUNS;
  request.links = links.data();
  request.link_count = links.size();
  request.via = via.data();
  request.via_count = via.size();
  request.config = borrow(config);
  request.command = borrow(command);
  request.ready = borrow(kReady);
  request.absent = borrow(kAbsent);
  request.install = borrow(install);
  request.fanout = way.fanout;
  request.bundle = bundle_for;
  request.closed = closed;
  request.asking = asking;
  if (way.tells_steps) {
    request.reached = reached;
    request.leads_to = leads_to;
  }
  if (way.persist) request.rests_on = rests_on;
  void* self = table.open(&plugin::host_functions(), call);
  if (self == nullptr) return 1;  // it said why
  const int status = table.transport(self, &request, call);
  table.close(self);
  return status;
}

}  // namespace

int carry(int control, std::span<const FarEnd> ends, const Way& way) {
  Context context{way, ends, std::nullopt};
  ctys_call call{control, {}};
  call.context = &context;
  const bool may_ask = way.may_ask && has_terminal();
  // A console lasts longer than the command line that opened it, and whoever reads its output; so does what
  // is kept.
  if (way.persist || std::any_of(ends.begin(), ends.end(), [](const FarEnd& end) {
        return end.job->call.verb == wire::Verb::console;
      })) {
    const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null.get(), fd);
  }
  const auto status = run(&call, way, ends, may_ask);
  if (!status) plugin::send(control, status.error());
  return status.value_or(1);
}

}  // namespace ctys::remote
