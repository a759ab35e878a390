#include "app/stages/checkpoint.hpp"

#include <cstring>
#include <fstream>
#include <sstream>
#include <type_traits>

#include "app/io/atomic_file.hpp"
#include "app/io/program_id.hpp"
#include "core/errors.hpp"
#include "core/sha256.hpp"
#include "solver/kernels/fft.hpp"

namespace vitral::stages {
namespace {

constexpr std::size_t hash_length = 64;
constexpr const char* format = "vitral-checkpoint 4\n";

/// Writes (or reads) values one after the other as bytes; visit() below names them once for both.
class Writer {
public:
    std::string bytes;
    template <typename T>
    void number(T& value) {
        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void must_hold(std::uint64_t) const {}
};
class Reader {
public:
    explicit Reader(std::string text) : bytes_(std::move(text)) {}
    template <typename T>
    void number(T& value) {
        if (bytes_.size() - at_ < sizeof value) throw Error(Failure::input_file, "the checkpoint ends early");
        std::memcpy(&value, bytes_.data() + at_, sizeof value);
        at_ += sizeof value;
    }
    /// A list is no longer than the bytes that are left.
    void must_hold(std::uint64_t count) const {
        if (count > bytes_.size() - at_) throw Error(Failure::input_file, "the checkpoint ends early");
    }

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

template <typename A, typename T>
requires(std::is_arithmetic_v<T> || std::is_same_v<T, Complex> ||
         std::is_same_v<T, propagation::RemovedPower>) void visit(A& a, T& value) {
    a.number(value);
}
template <typename A>
void visit(A& a, std::string& text) {
    std::uint64_t count = text.size();
    a.number(count);
    a.must_hold(count);
    text.resize(count);
    for (char& c : text) a.number(c);
}
template <typename A, typename T>
void visit(A& a, std::vector<T>& list) {
    std::uint64_t count = list.size();
    a.number(count);
    a.must_hold(count);
    list.resize(count);
    for (T& value : list) visit(a, value);
}
template <typename A, typename T>
void visit(A& a, Field<T>& field) {
    for (Axis* axis : {&field.grid.x, &field.grid.y}) {
        visit(a, axis->lower), visit(a, axis->spacing), visit(a, axis->count);
        Grading& g = axis->grading;
        visit(a, g.from), visit(a, g.to), visit(a, g.transition), visit(a, g.ratio), visit(a, g.start);
    }
    visit(a, field.values);
}
template <typename A>
void visit(A& a, propagation::MarchState& s) {
    visit(a, s.record), visit(a, s.psi), visit(a, s.companion), visit(a, s.removed), visit(a, s.radiated);
    visit(a, s.steps_per_record), visit(a, s.fewest_steps), visit(a, s.most_steps), visit(a, s.steps);
    visit(a, s.step_error), visit(a, s.last_error), visit(a, s.guided), visit(a, s.guided_since);
    visit(a, s.remainder_left), visit(a, s.memory), visit(a, s.companion_memory);
}
template <typename A>
void visit(A& a, PropagationRecords& r) {
    for (std::vector<double>* list : {&r.z, &r.power, &r.removed, &r.center_x, &r.center_y, &r.width_x, &r.width_y})
        visit(a, *list);
    visit(a, r.mode_power), visit(a, r.watch_power), visit(a, r.intensity_xz), visit(a, r.balance);
}

}  // namespace

Checkpoint::Checkpoint(std::filesystem::path path, const std::string& inputs_hash)
    : path_(std::move(path)), inputs_hash_(inputs_hash) {}

std::string Checkpoint::head() const { return format + sha256(inputs_hash_ + io::program_id()) + "\n"; }

/// What is behind the head and the hash of a checkpoint that is whole and of these inputs.
std::optional<std::string> Checkpoint::payload() const {
    std::error_code failure;
    if (!is_kept() || !std::filesystem::is_regular_file(path_, failure)) return {};
    std::ifstream stream(path_, std::ios::binary);
    std::ostringstream content;
    if (!stream || !(content << stream.rdbuf())) return {};
    const std::string text = content.str(), first = head();
    if (text.compare(0, first.size(), first) != 0 || text.size() < first.size() + hash_length) return {};
    std::string rest = text.substr(first.size() + hash_length);
    if (text.compare(first.size(), hash_length, sha256(rest)) != 0) return {};
    return rest;
}

void Checkpoint::adopt_plans() const {
    const std::optional<std::string> bytes = payload();
    if (!bytes || kernels::planning() == kernels::Planning::estimate) return;
    Reader reader(*bytes);
    std::string plans;
    visit(reader, plans);
    (void)kernels::adopt_wisdom(plans);
}

std::optional<StoppedPropagation> Checkpoint::load() const {
    const std::optional<std::string> bytes = payload();
    if (!bytes) return {};
    StoppedPropagation stopped;
    Reader reader(*bytes);
    std::string plans;
    visit(reader, plans);
    // With other plans, or with estimated ones, the rest of the march would have other bits.
    const bool estimated = kernels::planning() == kernels::Planning::estimate;
    if (estimated != plans.empty() || (!estimated && !kernels::adopt_wisdom(plans))) return {};
    visit(reader, stopped.state);
    visit(reader, stopped.recorded);
    return stopped;
}

void Checkpoint::save(const propagation::MarchState& state, const PropagationRecords& recorded) const {
    if (!is_kept()) return;
    // The head and a place for the hash first: what follows may be large, and is held once.
    const std::string first = head();
    const std::size_t begin = first.size() + hash_length;
    Writer writer{first + std::string(hash_length, ' ')};
    std::string plans =
        kernels::planning() == kernels::Planning::estimate ? std::string() : kernels::wisdom_text(kernels::Told::used);
    visit(writer, plans);
    visit(writer, const_cast<propagation::MarchState&>(state));  // a writer only reads
    visit(writer, const_cast<PropagationRecords&>(recorded));
    writer.bytes.replace(first.size(), hash_length, sha256(std::string_view(writer.bytes).substr(begin)));
    io::write_whole(path_, writer.bytes);
}

void Checkpoint::remove() const noexcept {
    std::error_code ignored;
    if (is_kept()) std::filesystem::remove(path_, ignored);
}

}  // namespace vitral::stages
