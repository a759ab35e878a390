#include "solver/propagation/capabilities.hpp"

#include <algorithm>
#include <stdexcept>

#include "solver/propagation/engines.hpp"

namespace vitral::propagation {
namespace {

std::unique_ptr<Engine> make_pade(const SampledMedium& index, const EngineParams& params) {
    return index.grid().is_slab() ? make_pade_slab(index, params) : make_pade_section(index, params);
}

/// The paraxial operator by finite differences: in a slab whose steps the field has to jump at by the slab's own engine.
std::unique_ptr<Engine> make_paraxial_differences(const SampledMedium& index, const EngineParams& params) {
    return params.polarization == Polarization::scalar ? make_compact_adi(index, params)
                                                       : make_pade_slab(index, params);
}

using enum Operator;
using enum Splitting;

// clang-format off
constexpr EngineRow rows[] = {
    // method                   operator    splitting     single transparent graded steps  doubles      seconds
    {Method::split_step,        paraxial,   fourth_order, true,  false,      false, false,  9.0,  5.0,   4e-8,   make_split_step},
    {Method::split_step,        paraxial,   strang,       true,  false,      false, false,  9.0,  5.0,   4e-8,   make_split_step},
    {Method::split_step,        wide_angle, fourth_order, true,  false,      false, false,  31.0, 31.0,  1.2e-6, make_split_step},
    {Method::split_step,        wide_angle, strang,       true,  false,      false, false,  31.0, 31.0,  1.2e-6, make_split_step},
    {Method::finite_difference, paraxial,   strang,       true,  true,       true,  true,   9.0,  5.0,   6e-9,   make_paraxial_differences},
    {Method::finite_difference, pade_1_1,   strang,       true,  false,      false, true,   12.0, 12.0,  1.5e-7, make_pade},
    {Method::finite_difference, pade_2_2,   strang,       true,  false,      false, true,   12.0, 12.0,  1.5e-7, make_pade},
};
// clang-format on

/// One way to march: a row with its features, as words by key.
using Way = std::vector<std::pair<std::string_view, std::string_view>>;

std::string_view graded_word(bool graded) { return graded ? "yes" : "no"; }
std::string_view steps_word(bool polarized) { return polarized ? "polarised" : "scalar"; }

std::vector<Way> all_ways(std::span<const EngineRow> list) {
    std::vector<Way> ways;
    for (const EngineRow& row : list)
        for (const Precision precision : {Precision::double_precision, Precision::single_precision})
            for (const EdgeKind edges : {EdgeKind::absorber, EdgeKind::matched_layer, EdgeKind::transparent})
                for (const bool graded : {false, true})
                    for (const bool polarized : {false, true})
                        if (can(row, {precision, edges, graded, polarized}))
                            ways.push_back({{"method", row.method.word},
                                            {"order", word_of(row.op)},
                                            {"splitting", word_of(row.splitting)},
                                            {"precision", word_of(precision)},
                                            {"edges", word_of(edges)},
                                            {"grading", graded_word(graded)},
                                            {"steps", steps_word(polarized)}});
    return ways;
}

bool has(const Way& way, const std::pair<std::string, std::string>& wish) {
    return std::any_of(way.begin(), way.end(),
                       [&](const auto& part) { return part.first == wish.first && part.second == wish.second; });
}

std::string_view word(const Way& way, std::string_view key) {
    return std::find_if(way.begin(), way.end(), [&](const auto& part) { return part.first == key; })->second;
}

}  // namespace

std::span<const EngineRow> engine_rows() { return rows; }

bool can(const EngineRow& row, const EngineFeatures& f) {
    const bool is_single = f.precision == Precision::single_precision, is_open = f.edges == EdgeKind::transparent;
    if ((is_single && !row.single_precision) || (is_open && !row.transparent_edges)) return false;
    // What graded axes and polarised steps add to the operator is known in double precision and for edges that absorb.
    if (f.graded_axes && (!row.graded_axes || is_single || is_open || f.polarized_steps)) return false;
    return !f.polarized_steps || (row.polarized_steps && !is_single && !is_open);
}

const EngineRow* find_row(std::span<const EngineRow> list, const EngineParams& p) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const EngineRow& row) {
        return row.method == p.method && row.op == p.op && row.splitting == p.splitting;
    });
    return found == list.end() ? nullptr : &*found;
}

std::unique_ptr<Engine> make_engine(const SampledMedium& index, const EngineParams& p,
                                    std::span<const EngineRow> list) {
    const EngineRow* row = find_row(list, p);
    if (row == nullptr)
        throw std::invalid_argument(std::string(p.method.word) + " has no such operator, or no such splitting of it");
    const bool polarized = p.polarization != Polarization::scalar;
    if (!can(*row, {p.precision, p.edges.kind, !index.grid().is_uniform(), polarized}))
        throw std::invalid_argument(name_of(*row, p.precision) +
                                    " does not go with these edges, graded axes, or polarised steps");
    if (polarized && (!index.grid().is_slab() || p.polarization != Polarization::along_x))
        throw std::invalid_argument("polarised steps are known in slabs only");
    return row->make(index, p);
}

std::string_view word_of(Operator op) {
    constexpr std::string_view words[] = {"paraxial", "wide-angle", "pade-1-1", "pade-2-2"};
    return words[static_cast<int>(op)];
}
std::string_view word_of(Splitting splitting) { return splitting == strang ? "strang" : "fourth-order"; }
std::string_view word_of(Precision precision) { return precision == Precision::double_precision ? "double" : "single"; }
std::string_view word_of(EdgeKind edges) {
    constexpr std::string_view words[] = {"absorber", "pml", "transparent"};
    return words[static_cast<int>(edges)];
}

std::vector<std::string> words_of(std::string_view key, std::span<const EngineRow> list) {
    std::vector<std::string> words;
    for (const Way& way : all_ways(list))
        if (const std::string text(word(way, key)); std::find(words.begin(), words.end(), text) == words.end())
            words.push_back(text);
    return words;
}

std::vector<Conflict> conflicts(const EngineWishes& wishes, std::span<const EngineRow> list) {
    const std::vector<Way> ways = all_ways(list);
    std::vector<Conflict> found;
    for (std::size_t i = 1; i < wishes.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            Conflict c{wishes[i].first, wishes[i].second, wishes[j].first, {}};
            bool together = false;
            for (const Way& way : ways) {
                if (!has(way, wishes[i])) continue;
                together = together || has(way, wishes[j]);
                const std::string other(word(way, c.other));
                if (std::find(c.goes_with.begin(), c.goes_with.end(), other) == c.goes_with.end())
                    c.goes_with.push_back(other);
            }
            if (!together) found.push_back(std::move(c));
        }
    return found;
}

const EngineRow* choose_row(const EngineWishes& wishes, Angle angle, std::span<const EngineRow> list) {
    for (const EngineRow& row : list) {
        if ((angle == Angle::wide) != (row.op != paraxial)) continue;
        for (const Way& way : all_ways({&row, 1}))
            if (std::all_of(wishes.begin(), wishes.end(), [&](const auto& wish) { return has(way, wish); }))
                return &row;
    }
    return nullptr;
}

std::string name_of(const EngineRow& row, Precision precision) {
    return std::string(row.method.word) + ", " + std::string(word_of(row.op)) + ", " +
           (row.splitting == strang ? "second order" : "fourth order") +
           (precision == Precision::double_precision ? "" : ", single precision");
}

}  // namespace vitral::propagation
