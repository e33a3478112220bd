// Finds the machine of a file.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/machine_file.hpp"

#include "action/match.hpp"
#include "action/search.hpp"
#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "model/address.hpp"
#include "plugin/find.hpp"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

namespace ctys::action {
using model::Pair;
using model::Record;
namespace fs = std::filesystem;
namespace {

// Whose machine it is where a file says nothing: that of the connection that is used alone, or else QEMU's.
std::string usual_type() {
  const auto uri = paths::environment("LIBVIRT_DEFAULT_URI").value_or("");
  auto type = text::upper(uri.substr(0, uri.find_first_of(":+")));
  return plugin::is_there(type) ? type : "QEMU";
}

// The plugin for a libvirt domain in a file, by the type its <domain> element names.
std::string type_of_file(const std::filesystem::path& path) {
  constexpr std::size_t kLimit = 1U << 20;
  if (path.extension() != ".xml") return "QEMU";  // classic files describe machines that run
  const auto content = read_file(path, kLimit).value_or("");
  const auto element = content.find("<domain");
  const auto end = content.find('>', element);
  if (element == std::string::npos || end == std::string::npos) return usual_type();
  const auto head = std::string_view(content).substr(element, end - element);
  const auto at = head.find("type=");
  if (at == std::string_view::npos || at + 6 >= head.size()) return usual_type();
  const auto value = head.substr(at + 6, head.find(head[at + 5], at + 6) - (at + 6));
  auto type = text::upper(value);
  return type == "KVM" || !plugin::is_there(type) ? "QEMU" : type;
}

bool is_machine_file(const std::string& path) {
  const auto extension = fs::path(path).extension();
  std::error_code error;
  return (extension == ".ctys" || extension == ".xml") && fs::is_regular_file(path, error);
}

Result<void> must_fit(const model::Request& request, const model::Address& address, const Record& file) {
  auto rest = address;
  std::erase_if(rest.keys, [](const Pair& pair) { return pair.key == "BASEPATH" || names_path(pair); });
  if (rest.keys.empty()) return {};
  auto read = read_machine_file(request, file);
  if (!read.failures.empty()) return tl::unexpected<Error>(std::move(read.failures.front().error));
  if (!matching(rest, read.records).empty()) return {};
  const auto found = read.records.empty() ? Record() : std::move(read.records.front());
  return fail(Exit::refused, "the address and its file do not agree, nothing was done",
              text::printable(file.get(Field::id)) + " describes " +
                  text::printable(found.get(Field::label)) + ", UUID " +
                  text::printable(found.get(Field::uuid)) + ", but the address says " +
                  text::printable(model::to_text(rest)),
              "write the path alone to mean what stands in the file");
}

}  // namespace

bool names_path(const Pair& pair) {
  return (pair.key == "ID" || pair.key == "PATHNAME" || pair.key == "WORD") &&
         pair.value.find('/') != std::string::npos;
}

Result<std::optional<Record>> named_file(const model::Request& request, const model::Address& address) {
  const auto path = std::find_if(address.keys.begin(), address.keys.end(), [](const Pair& pair) {
    return names_path(pair) && is_machine_file(pair.value);
  });
  if (path == address.keys.end()) return std::nullopt;
  std::error_code error;
  Record record;
  record.set(Field::host, paths::host_name())
      .set(Field::type, request.types.size() == 1 ? request.types.front() : type_of_file(path->value))
      .set(Field::label, fs::path(path->value).stem().string())
      .set(Field::id, fs::absolute(path->value, error).lexically_normal().string())
      .set(Field::state, "defined");
  TRY_VOID(must_fit(request, address, record));
  return record;
}

plugin::Outcome read_machine_file(const model::Request& request, const Record& machine) {
  constexpr int kPatience = 10'000;  // milliseconds
  wire::Call call;
  call.verb = wire::Verb::enumerate;
  call.type = machine.get(Field::type);
  call.endpoint = machine.get(Field::context);
  call.options = {{"FILE", machine.get(Field::id)}};
  call.asked_by_type = acting_call(request, wire::Verb::create, machine).asked_by_type;
  call.deadline_ms = kPatience;
  return plugin::collect(std::span(&call, 1), {});
}

}  // namespace ctys::action
