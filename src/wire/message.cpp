// The worker protocol as JSON. The only file of the module that includes the JSON library.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/message.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace ctys::wire {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 8> kVerbs{"probe",  "list",   "enumerate", "show",
                                                 "create", "cancel", "attribute", "console"};

json pairs_to_json(const std::vector<model::Pair>& pairs) {
  json out = json::array();
  for (const auto& pair : pairs) out.push_back({pair.key, pair.value});
  return out;
}

struct Encoder {
  json operator()(const Hello& m) const {
    json out{{"ctys", m.protocol}, {"t", "hello"}, {"host", m.host}, {"version", m.version}};
    if (m.again) out["takes_next"] = true;
    return out;
  }
  json operator()(const Call& m) const {
    json out{{"t", "call"},
             {"verb", name_of(m.verb)},
             {"type", m.type},
             {"endpoint", m.endpoint},
             {"address", pairs_to_json(m.address)},
             {"options", pairs_to_json(m.options)},
             {"by_type", m.asked_by_type}};
    if (m.deadline_ms) out["deadline_ms"] = *m.deadline_ms;
    if (m.relay)
      out["relay"] = {{"targets", m.relay->targets},
                      {"via", m.relay->via},
                      {"fanout", m.relay->fanout},
                      {"copy", m.relay->may_copy}};
    if (m.patience_ms) out["patience_ms"] = *m.patience_ms;
    if (m.whole_ms) out["whole_ms"] = *m.whole_ms;
    return out;
  }
  json operator()(const model::Record& m) const {
    json values = json::object();
    m.each([&](Field field, const std::string& text) {
      values[std::to_string(static_cast<std::uint32_t>(field))] = text;
    });
    return {{"t", "record"}, {"v", std::move(values)}};
  }
  json operator()(const Progress& m) const { return {{"t", "progress"}, {"text", m.text}}; }
  json operator()(const Log& m) const { return {{"t", "log"}, {"level", m.level}, {"text", m.text}}; }
  json operator()(const Error& m) const {
    json out{{"t", "error"},      {"code", static_cast<int>(m.code)},
             {"what", m.summary}, {"why", m.why},
             {"fix", m.fix},      {"where", m.where}};
    if (m.no_plugin) out["no_plugin"] = true;
    if (m.absent) out["absent"] = true;
    return out;
  }
  json operator()(const End& m) const { return {{"t", "end"}, {"status", m.status}}; }
  json operator()(const Closed& m) const {
    auto out = (*this)(m.error);
    out["t"] = "closed";
    out["link"] = m.link;
    return out;
  }
  json operator()(const Asking& m) const { return {{"t", "asking"}, {"begins", m.begins}}; }
  json operator()(const Reached& m) const {
    return {{"t", "reached"}, {"link", m.link}, {"step", m.step}, {"note", m.note}};
  }
  json operator()(const Leads& m) const {
    return {{"t", "leads"}, {"link", m.link}, {"host", m.host}, {"port", m.port}, {"behind", m.behind}};
  }
  json operator()(const Rests& m) const { return {{"t", "rests"}, {"link", m.link}, {"stamp", m.stamp}}; }
  json operator()(const Bytes& m) const { return {{"t", "bytes"}, {"n", m.size}}; }
  json operator()(const Alive& /*m*/) const { return {{"t", "alive"}}; }
  json operator()(const From& m) const {
    json out{{"t", "from"}, {"n", m.target}};
    if (m.done) out["done"] = true;
    if (m.lost) out["lost"] = true;
    if (m.unfinished) out["unfinished"] = true;
    return out;
  }
};

tl::unexpected<Error> malformed(std::string why) {
  return fail(Exit::defect, "a message of the worker protocol is malformed", std::move(why));
}

// Members of an object with their type checked; a missing or wrong one throws json::exception, see decode().
std::string text_of(const json& object, const char* key) {
  return object.at(key).get<std::string>();
}
int number_of(const json& object, const char* key) {
  const auto& value = object.at(key);
  if (!value.is_number_integer()) throw std::out_of_range(key);
  const auto wide = value.get<std::int64_t>();
  if (wide < INT32_MIN || wide > INT32_MAX) throw std::out_of_range(key);
  return static_cast<int>(wide);
}
std::vector<model::Pair> pairs_of(const json& object, const char* key) {
  std::vector<model::Pair> pairs;
  for (const auto& pair : object.at(key))
    pairs.push_back({pair.at(0).get<std::string>(), pair.at(1).get<std::string>()});
  return pairs;
}

Result<Relay> decode_relay(const json& object) {
  Relay relay;
  const auto names = [&](const char* key, std::size_t most, std::vector<std::string>& into) {
    const auto& list = object.at(key);
    if (!list.is_array() || list.size() > most) return false;
    for (const auto& name : list) into.push_back(name.get<std::string>());
    return true;
  };
  if (!names("targets", kMaxTargets, relay.targets) || !names("via", kMaxGateways, relay.via))
    return malformed("it names too many hosts");
  if (relay.targets.empty()) return malformed("it is for nobody");
  const int fanout = number_of(object, "fanout");
  if (fanout < 1) return malformed("nobody may be asked at a time");
  relay.fanout = static_cast<unsigned>(fanout);
  relay.may_copy = object.at("copy").get<bool>();
  return relay;
}

Result<Message> decode_call(const json& object) {
  Call call;
  const auto verb = text_of(object, "verb");
  const auto* at = std::find(kVerbs.begin(), kVerbs.end(), verb);
  if (at == kVerbs.end()) return malformed("unknown verb");
  call.verb = static_cast<Verb>(at - kVerbs.begin());
  call.type = text_of(object, "type");
  call.endpoint = text_of(object, "endpoint");
  call.address = pairs_of(object, "address");
  call.options = pairs_of(object, "options");
  call.asked_by_type = object.at("by_type").get<bool>();
  if (object.contains("deadline_ms")) call.deadline_ms = number_of(object, "deadline_ms");
  if (object.contains("relay")) call.relay = TRY(decode_relay(object.at("relay")));
  if (object.contains("patience_ms")) call.patience_ms = number_of(object, "patience_ms");
  if (object.contains("whole_ms")) call.whole_ms = number_of(object, "whole_ms");
  return Message(std::move(call));
}

Result<Message> decode_record(json& object) {
  model::Record record;
  for (auto& [key, value] : object.at("v").items()) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (error != std::errc() || end != key.data() + key.size()) return malformed("a field has no number");
    record.set(static_cast<Field>(number), std::move(value.get_ref<std::string&>()));
  }
  return Message(std::move(record));
}

Result<Message> decode_bytes(const json& object) {
  const int size = number_of(object, "n");
  if (size < 0 || static_cast<std::size_t>(size) > kMaxBytes) return malformed("too many bytes at once");
  return Message(Bytes{static_cast<std::size_t>(size)});
}

Result<Message> decode_from(const json& object) {
  const int target = number_of(object, "n");
  if (target < 0) return malformed("no host has such a number");
  return Message(From{static_cast<std::size_t>(target), object.value("done", false),
                      object.value("lost", false), object.value("unfinished", false)});
}

Error error_of(const json& object) {
  Error error{static_cast<Exit>(number_of(object, "code")), text_of(object, "what"), text_of(object, "why"),
              text_of(object, "fix"), text_of(object, "where")};
  error.no_plugin = object.value("no_plugin", false);
  error.absent = object.value("absent", false);
  return error;
}

Result<Message> decode_object(json& object) {
  const auto kind = text_of(object, "t");
  if (kind == "record") return decode_record(object);
  if (kind == "hello")
    return Message(Hello{number_of(object, "ctys"), text_of(object, "host"), text_of(object, "version"),
                         object.value("takes_next", false)});
  if (kind == "call") return decode_call(object);
  if (kind == "progress") return Message(Progress{text_of(object, "text")});
  if (kind == "log") return Message(Log{number_of(object, "level"), text_of(object, "text")});
  if (kind == "end") return Message(End{number_of(object, "status")});
  if (kind == "error") return Message(error_of(object));
  if (kind == "closed")
    return Message(Closed{static_cast<std::size_t>(number_of(object, "link")), error_of(object)});
  if (kind == "asking") return Message(Asking{object.at("begins").get<bool>()});
  if (kind == "reached")
    return Message(Reached{static_cast<std::size_t>(number_of(object, "link")), number_of(object, "step"),
                           text_of(object, "note")});
  if (kind == "leads")
    return Message(Leads{static_cast<std::size_t>(number_of(object, "link")), text_of(object, "host"),
                         number_of(object, "port"), object.at("behind").get<bool>()});
  if (kind == "rests")
    return Message(Rests{static_cast<std::size_t>(number_of(object, "link")), text_of(object, "stamp")});
  if (kind == "bytes") return decode_bytes(object);
  if (kind == "alive") return Message(Alive{});
  if (kind == "from") return decode_from(object);
  return malformed("unknown kind of message");
}

}  // namespace

std::string_view name_of(Verb verb) {
  return kVerbs.at(static_cast<std::size_t>(verb));
}

std::string encode(const Message& message) {
  return std::visit(Encoder{}, message).dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

Result<Message> decode(std::string_view line) {
  try {
    json object = json::parse(line);
    if (!object.is_object()) return malformed("it is no JSON object");
    return decode_object(object);
  } catch (const json::parse_error& e) {
    return malformed("broken JSON at byte " + std::to_string(e.byte));
  } catch (const json::exception&) {
    return malformed("a part of a message is missing, or is of another kind than it has to be");
  } catch (const std::out_of_range&) {
    return malformed("a number is missing or too large");
  }
}

void LineReader::feed(std::string_view bytes) {
  // All was taken: where bytes lie between the lines, next() alone would never begin anew.
  if (start_ == buffer_.size()) buffer_.erase(0, std::exchange(start_, 0));
  buffer_.append(bytes);
}

std::string_view LineReader::take(std::size_t most) {
  const auto bytes = std::string_view(buffer_).substr(start_, most);
  start_ += bytes.size();
  return bytes;
}

std::optional<std::string_view> LineReader::next() {
  const auto end = buffer_.find('\n', start_);
  if (end == std::string::npos) {
    buffer_.erase(0, std::exchange(start_, 0));
    if (buffer_.size() > kMaxLine) overlong_ = true;
    return std::nullopt;
  }
  if (end - start_ > kMaxLine) {
    overlong_ = true;
    return std::nullopt;
  }
  const auto line = std::string_view(buffer_).substr(start_, end - start_);
  start_ = end + 1;
  return line;
}

}  // namespace ctys::wire
