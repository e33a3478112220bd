// The far end of the protocol.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/worker.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "plugin/collector.hpp"
#include "plugin/find.hpp"
#include "plugin/handle.hpp"
#include "plugin/load.hpp"
#include "wire/message.hpp"

#include <ctys/uri.hpp>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <span>

namespace ctys::plugin {

void send(int out, const wire::Message& message) {
  if (!write_all(out, wire::encode(message))) ::_exit(0);  // nobody listens any more
}

void send_error(ctys_call* call, Error error) {
  if (error.where.empty()) error.where = call->endpoint;
  call->worst = worse(call->worst, error.code);
  send(call->out, error);
}

namespace {

std::string copy(ctys_str s) {
  return std::string(view(s));
}

void host_log(ctys_call* call, std::int32_t level, ctys_str line) {
  send(call->out, wire::Log{level, copy(line)});
}
void host_fail(ctys_call* call, std::int32_t code, ctys_str what, ctys_str why, ctys_str fix,
               ctys_str where) {
  send_error(call, {static_cast<Exit>(code), copy(what), copy(why), copy(fix), copy(where)});
}
void host_emit(ctys_call* call, const ctys_cell* cells, std::size_t count) {
  model::Record record;
  for (const auto& cell : std::span(cells, count))
    record.set(static_cast<Field>(cell.field), copy(cell.value));
  if (!call->version.empty()) record.set(Field::version, call->version).set(Field::category, call->category);
  send(call->out, record);
}
void host_progress(ctys_call* call, ctys_str line) {
  send(call->out, wire::Progress{copy(line)});
}

constexpr ctys_host kHost{CTYS_ABI_MAJOR, CTYS_ABI_MINOR, sizeof(ctys_host), 0,
                          host_log,       host_fail,      host_emit,         host_progress};

// The C form of a Call; borrows from it.
struct RawRequest {
  RawRequest(const wire::Call& call, int stream) {
    for (const auto& [key, value] : call.address) address.push_back({borrow(key), borrow(value)});
    for (const auto& [key, value] : call.options) options.push_back({borrow(key), borrow(value)});
    raw = {sizeof raw,
           call.asked_by_type ? static_cast<std::uint32_t>(CTYS_ASKED_BY_TYPE) : 0U,
           borrow(call.endpoint),
           address.data(),
           address.size(),
           options.data(),
           options.size(),
           call.deadline_ms.value_or(-1),
           stream};
  }
  std::vector<ctys_pair> address;
  std::vector<ctys_pair> options;
  ctys_request raw{};
};

ctys_action_fn function_of(const ctys_plugin& table, wire::Verb verb) {
  switch (verb) {
    case wire::Verb::probe:
      return table.probe;
    case wire::Verb::list:
      return table.list;
    case wire::Verb::enumerate:
      return table.enumerate;
    case wire::Verb::show:
      return table.show;
    case wire::Verb::create:
      return table.create;
    case wire::Verb::cancel:
      return table.cancel;
    case wire::Verb::attribute:
      return table.attribute;
    case wire::Verb::console:
      return table.console;
  }
  return nullptr;
}

std::vector<std::string> endpoints_of(const ctys_plugin& table, void* self, const wire::Call& call) {
  std::vector<std::string> names;
  const RawRequest request(call, -1);
  table.endpoints(self, &request.raw, &names, [](void* receiver, ctys_str name) {
    static_cast<std::vector<std::string>*>(receiver)->push_back(copy(name));
  });
  return names;
}

bool writes(wire::Verb verb) {
  return verb == wire::Verb::create || verb == wire::Verb::cancel || verb == wire::Verb::attribute ||
         verb == wire::Verb::console;
}

// Runs one action of a loaded plugin; everything it says goes to call->out.
void perform(const ctys_plugin& table, const wire::Call& call, ctys_call* handle, int stream) {
  const auto act = function_of(table, call.verb);
  if (act == nullptr) {
    // A collector asks all plugins; one that cannot has nothing to say. Asked by name, it has to say so.
    if (call.asked_by_type || writes(call.verb))
      send_error(handle, {Exit::failed, call.type + " cannot " + std::string(name_of(call.verb))});
    return;
  }
  if (call.verb == wire::Verb::probe) {
    handle->category = copy(table.category);
    handle->version = copy(table.version);
  }
  void* self = table.open(&kHost, handle);
  if (self == nullptr) return;  // it said why
  const RawRequest request(call, stream);
  act(self, &request.raw, handle);
  table.close(self);
}

}  // namespace

const ctys_host& host_functions() {
  return kHost;
}

std::optional<wire::Call> greet(int in, int out) {
  send(out, wire::Hello{wire::kProtocol, paths::host_name(), CTYS_VERSION});
  wire::LineReader lines;
  return next_call(lines, in, out, -1);
}

std::optional<wire::Call> next_call(wire::LineReader& lines, int in, int out, int patience) {
  std::array<char, 65536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the kernel
  for (;;) {
    if (const auto line = lines.next()) {
      auto message = wire::decode(*line);
      if (message && std::holds_alternative<wire::Call>(*message))
        return std::get<wire::Call>(std::move(*message));
      if (message && std::holds_alternative<wire::Alive>(*message)) {
        send(out, wire::Alive{});
        continue;
      }
      ctys_call handle{out, {}};
      send_error(&handle,
                 message ? Error{Exit::defect, "the worker got a message that is no call"} : message.error());
      send(out, wire::End{static_cast<int>(Exit::defect)});
      return std::nullopt;
    }
    pollfd waiting{in, POLLIN, 0};
    if (patience >= 0 && ::poll(&waiting, 1, patience) == 0) return std::nullopt;
    const ssize_t n = lines.overlong() ? 0 : ::read(in, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return std::nullopt;
    lines.feed({chunk.data(), static_cast<std::size_t>(n)});
  }
}

namespace {

int finish(const ctys_call& handle) {
  const int status = static_cast<int>(handle.worst);
  send(handle.out, wire::End{status});
  return status;
}

// Several endpoints: each in a child of this worker, so that one that hangs does not silence the others.
void perform_each(const ctys_plugin& table, const wire::Call& call, const std::vector<std::string>& endpoints,
                  ctys_call* handle) {
  std::vector<wire::Call> calls(endpoints.size(), call);
  for (std::size_t i = 0; i < endpoints.size(); ++i) calls[i].endpoint = endpoints[i];
  const ChildMain child = [&table](int in, int out, int stream) {
    const auto mine = greet(in, out);
    if (!mine) return static_cast<int>(Exit::defect);
    ctys_call child_handle{out, mine->endpoint};
    perform(table, *mine, &child_handle, stream);
    return finish(child_handle);
  };
  Options options;
  options.grace = std::chrono::milliseconds(0);
  options.progress = [&](std::string_view line) { send(handle->out, wire::Progress{std::string(line)}); };
  Collector collector(calls, options, child, -1, false);
  wait_for(collector);
  const auto outcome = merged(collector.take_each());
  for (const auto& record : outcome.records) send(handle->out, record);
  for (const auto& failure : outcome.failures) send_error(handle, failure.error);
}

// A collector asks all plugins; who means one machine has to know why nothing came of it.
void tell_unused(const wire::Call& call, ctys_call* handle) {
  const bool means_one =
      writes(call.verb) || std::any_of(call.options.begin(), call.options.end(),
                                       [](const auto& pair) { return pair.key == "FILE"; });
  if (!means_one) return;
  const auto uri = paths::environment("LIBVIRT_DEFAULT_URI");
  send_error(handle,
             {Exit::refused, "no machine of type " + call.type + " is touched",
              uri ? "LIBVIRT_DEFAULT_URI=" + text::printable(without_password(*uri)) + " is of another type"
                  : "the plugin has no connection here",
              uri ? "unset LIBVIRT_DEFAULT_URI, or choose the type: -t " + call.type : std::string()});
}

Result<ctys_plugin> open_plugin(const File& file, const std::string& type) {
  const std::string path = file.path.string();
  if (!file.refused.empty())
    return fail(Exit::failed, "cannot load plugin " + path, file.refused, file.remedy);
  const auto table = TRY(load(file.path));
  if (text::equal_ci(view(table.type), type)) return table;
  const auto own = text::printable(view(table.type));
  return fail(Exit::failed, "cannot use plugin " + path, "it is of type " + own + ", its file says " + type,
              "name the file after the type: " + text::lower(own) + ".so");
}

// The same in a process of its own before: a broken file may end whoever loads it.
Result<ctys_plugin> open_carefully(const File& file, const std::string& type) {
  constexpr int kOpened = 40;  // statuses that nobody chooses by chance
  constexpr int kRefused = 41;
  const pid_t child = file.refused.empty() ? ::fork() : -1;
  if (child == 0) ::_exit(open_plugin(file, type) ? kOpened : kRefused);
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const bool said = WIFEXITED(status) && (WEXITSTATUS(status) == kOpened || WEXITSTATUS(status) == kRefused);
  if (child <= 0 || said) return open_plugin(file, type);
  return fail(Exit::failed, "cannot load plugin " + file.path.string(), "it ends the process that loads it",
              "install the plugin anew, or remove it");
}

// The first that can be used; where there is none, what is wrong with the first of all.
Result<ctys_plugin> open_first(const std::vector<File>& files, const wire::Call& call, ctys_call* handle) {
  std::optional<Error> first;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const bool more = i + 1 < files.size();
    auto table = more ? open_carefully(files[i], call.type) : open_plugin(files[i], call.type);
    if (table) return table;
    auto error = std::move(table).error();
    if (more)
      send(handle->out, wire::Log{static_cast<int>(log::Severity::info), error.summary + ": " + error.why});
    if (!first) first = std::move(error);
  }
  return tl::unexpected<Error>(*std::move(first));
}

void answer(wire::Call call, ctys_call* handle, int stream) {
  const auto files = find_each(call.type);
  if (!files) return send_error(handle, files.error());
  const auto table = open_first(*files, call, handle);
  if (!table) {
    auto error = table.error();
    error.no_plugin = true;
    return send_error(handle, std::move(error));
  }
  if (call.endpoint.empty() && table->endpoints != nullptr) {
    void* self = table->open(&kHost, handle);
    if (self == nullptr) return;  // it said why
    const auto endpoints = endpoints_of(*table, self, call);
    table->close(self);
    if (endpoints.empty()) return tell_unused(call, handle);  // nothing here for this plugin
    send(handle->out,
         wire::Progress{"asking " + endpoints.front() + (endpoints.size() > 1 ? " and others" : "")});
    if (endpoints.size() > 1 && !writes(call.verb)) return perform_each(*table, call, endpoints, handle);
    handle->endpoint = call.endpoint = endpoints.front();
  }
  perform(*table, call, handle, stream);
}

}  // namespace

int examine(int in, int out, int) {
  const auto call = greet(in, out);
  if (!call) return static_cast<int>(Exit::defect);
  ctys_call handle{out, {}};
  const auto files = find_each(call->type);
  for (const auto& file : files.value_or(std::vector<File>()))
    if (file.path == call->endpoint)
      if (const auto table = open_plugin(file, call->type); !table) send_error(&handle, table.error());
  return finish(handle);
}

int name_endpoints(int in, int out, int) {
  const auto call = greet(in, out);
  if (!call) return static_cast<int>(Exit::defect);
  ctys_call handle{out, {}};
  const auto files = find_each(call->type);
  auto table = files ? open_first(*files, *call, &handle) : tl::unexpected<Error>(files.error());
  if (!table) {
    table.error().no_plugin = files.has_value();
    send_error(&handle, table.error());
    return finish(handle);
  }
  if (function_of(*table, call->verb) == nullptr && !call->asked_by_type) return finish(handle);
  std::vector<std::string> endpoints{std::string()};
  if (table->endpoints != nullptr) {
    void* self = table->open(&kHost, &handle);
    if (self == nullptr) return finish(handle);  // it said why
    endpoints = endpoints_of(*table, self, *call);
    table->close(self);
  }
  for (auto& endpoint : endpoints) send(out, model::Record().set(Field::context, std::move(endpoint)));
  return finish(handle);
}

int serve(int in, int out, int stream) {
  const auto call = greet(in, out);
  if (!call) return static_cast<int>(Exit::defect);
  ctys_call handle{out, call->endpoint};
  answer(*call, &handle, stream);
  return finish(handle);
}

}  // namespace ctys::plugin
