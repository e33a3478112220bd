// Inventories that look like real ones: hosts, their machines, machines within machines, several interfaces.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace ctys::generator {

// Numbers that are the same everywhere for the same seed (splitmix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  std::uint64_t below(std::uint64_t limit) noexcept { return next() % limit; }
  bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }
  template <class T, std::size_t N>
  const T& of(const std::array<T, N>& choices) noexcept {
    return choices[below(N)];
  }

 private:
  std::uint64_t state_;
};

// One record after the other, the same ones for the same seed. Labels, paths, UUIDs, MACs and addresses are
// unique to a machine or an interface; a machine with several interfaces has a record for each.
class InventoryGenerator {
 public:
  explicit InventoryGenerator(std::uint64_t seed) noexcept : random_(seed) {}
  void append_record(std::string& out);  // with its newline

 private:
  struct Machine {
    std::string host, label, id, uuid, owner, note;
    std::size_t type = 0, system = 0, state = 0;
    std::uint64_t memory = 0, cpus = 0, display = 0, serial = 0;
  };
  void begin_host();
  void begin_machine();
  void append_host(std::string& out);
  void append_machine(std::string& out);
  std::string new_uuid();
  std::string new_mac();
  std::string new_address();

  Random random_;
  std::uint64_t hosts_ = 0;
  std::uint64_t interfaces_ = 0;
  std::uint64_t machines_ = 0;
  std::uint64_t machines_left_ = 0;    // of this host
  std::uint64_t interfaces_left_ = 0;  // of this machine
  std::uint64_t interface_ = 0;
  std::string host_;
  std::string outer_;  // a machine of this host that holds others
  Machine machine_;
};

}  // namespace ctys::generator
