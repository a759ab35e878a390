#include <cmath>
#include <limits>

#include "app/results/rows.hpp"

namespace vitral::results {
namespace {

using stages::CouplingResult;
using stages::LinkResult;
using stages::MisalignmentResult;
using stages::WavelengthResult;

template <typename Member>
Value of_map(const CouplingResult& r, Member member) {
    if (!r.misalignment || ((*r.misalignment).*member).empty()) return {};
    const bool of_tilts = member == &MisalignmentResult::tilt_x || member == &MisalignmentResult::tilt_y;
    if (of_tilts && r.misalignment->tilted.empty()) return {};
    return (*r.misalignment).*member;
}

RowOf<CouplingResult> map_row(const char* name, const char* unit, std::vector<std::string> axes,
                              std::vector<double> MisalignmentResult::*member, std::string words, std::string when) {
    return {{std::string("misalignment.") + name, unit, std::move(axes), std::move(words), std::move(when)},
            [member](const CouplingResult& r) { return of_map(r, member); }};
}

const std::string known =
    "numerics.error_bars = true, and the companions on coarser grids have the same ports and modes.";

/// Which port, at which guide.
std::vector<RowOf<CouplingResult>> port_rows() {
    return {
        {{"at", "", {}, "End of the guide: input or output.", "", "at the"},
         [](const CouplingResult& r) { return Value(r.at); }},
        {{"to", "", {}, "The port.", "", "to"}, [](const CouplingResult& r) { return Value(r.to); }},
        {{"guide", "", {}, "The guide that the port belongs to.", "The guide has a name.", "guide"},
         [](const CouplingResult& r) { return r.guide.empty() ? Value() : Value(r.guide); }},
        {{"channel", "1", {}, "Number of the port in its array, from 0.", "The port is one of an array.", "channel"},
         [](const CouplingResult& r) { return r.channel ? Value(std::int64_t{*r.channel}) : Value(); }},
        {{"mode_of",
          "",
          {},
          "How the guide's own mode was found: \"section\", the fundamental mode of the only guide; \"modes\", the one "
          "that [modes] lists first for this polarisation, on elements; \"alone\", that of one guide of several, "
          "between walls midway to its neighbours; \"supermodes\", the combination of the modes of all guides that "
          "lies in this one."},
         [](const CouplingResult& r) { return Value(r.mode_of); }},
        {{"overlap", "", {}, "Kind of the overlap integral: scalar or full-vector.", "", "overlap"},
         [](const CouplingResult& r) { return Value(r.overlap); }}};
}

/// What the facet passes.
std::vector<RowOf<CouplingResult>> facet_rows() {
    return {
        {{"efficiency",
          "1",
          {},
          "Coupling efficiency: power overlap of the port with the guide's own mode, without the reflection at the "
          "facet.",
          "",
          "coupling efficiency",
          5},
         [](const CouplingResult& r) { return Value(r.efficiency); }},
        {{"loss_dB",
          "dB",
          {},
          "Coupling loss, including the reflection at the facet.",
          "",
          "coupling loss (with reflection)",
          3},
         [](const CouplingResult& r) { return finite_value(r.loss_dB); }},
        {{"loss_dB_error", "dB", {}, "Error bar of the coupling loss: grid and exchange.", known, "+-", 1},
         [](const CouplingResult& r) { return optional_value(r.loss_dB_error); }},
        {{"mode_mismatch_dB",
          "dB",
          {},
          "Loss that the shapes of both modes leave at the best position, without gap and tilt.",
          "",
          "of that mode mismatch",
          3},
         [](const CouplingResult& r) { return finite_value(coupling::loss_dB(r.best_efficiency)); }},
        {{"reflection",
          "1",
          {},
          "Fraction of the power that does not pass the facet, or the facets beside a gap (Fresnel reflection, mean "
          "over "
          "the phases of the light in the gap).",
          "The index of the port's mode is known, or there is a gap."},
         [](const CouplingResult& r) { return r.facet ? Value(r.reflection) : Value(); }},
        {{"gap_transmission_lowest",
          "1",
          {},
          "Lowest fraction that the facets beside a gap pass, by the interference of the light in it.",
          "The gap reflects on both sides."},
         [](const CouplingResult& r) {
             return r.facet && r.facet->lowest < r.facet->highest ? Value(r.facet->lowest) : Value();
         }},
        {{"gap_transmission_highest", "1", {}, "Highest such fraction.", "The gap reflects on both sides."},
         [](const CouplingResult& r) {
             return r.facet && r.facet->lowest < r.facet->highest ? Value(r.facet->highest) : Value();
         }},
        {{"reflection_dB",
          "dB",
          {},
          "Return loss of the facet, -10 log10 of the reflected fraction; a positive number.",
          "The port's index is known and differs from the guide's.",
          "return loss",
          2},
         [](const CouplingResult& r) {
             return r.reflection > 0.0 ? Value(-10.0 * std::log10(r.reflection)) : Value();
         }}};
}

/// Where the port is.
std::vector<RowOf<CouplingResult>> place_rows() {
    return {{{"offset_x",
              "m",
              {},
              "Position of the port's axis along x, relative to the guide's axis.",
              "",
              "port axis at x",
              3},
             [](const CouplingResult& r) { return Value(r.offset_x); }},
            {{"offset_y", "m", {}, "Height of the port's axis above the surface; negative in the glass.", "", "y", 4},
             [](const CouplingResult& r) { return Value(r.offset_y); }},
            {{"best_offset_x",
              "m",
              {},
              "Position of best coupling along x, without gap and tilt, relative to the guide's axis."},
             [](const CouplingResult& r) { return Value(r.best_offset_x); }},
            {{"best_offset_y", "m", {}, "Height of best coupling, without gap and tilt."},
             [](const CouplingResult& r) { return Value(r.best_offset_y); }}};
}

/// How far the port may be off, and the fiber's mode beside its data sheet.
std::vector<RowOf<CouplingResult>> alignment_rows() {
    const std::string of_fiber = "The port is a fiber or a wire.",
                      of_sheet = "The fiber's record gives it at this wavelength.";
    const auto optional = [](std::optional<double> CouplingResult::*member) {
        return [member](const CouplingResult& r) { return optional_value(r.*member); };
    };
    std::vector<RowOf<CouplingResult>> rows;
    const auto margin = [&](const char* name, const char* words, const char* shown,
                            std::optional<double> (*read)(const CouplingResult&)) {
        rows.push_back({{name, "m", {}, words, "It lies within 50 mode-field radii of the port.", shown, 3},
                        [read](const CouplingResult& r) { return optional_value(read(r)); }});
    };
    margin("tolerance_1dB_x_below",
           "Displacement of the port towards negative x, from where it stands, that adds 1 dB to the coupling loss.",
           "1 dB tolerance x -", [](const CouplingResult& r) { return r.tolerance_1dB.x.below; });
    margin("tolerance_1dB_x_above", "The same towards positive x.", "x +",
           [](const CouplingResult& r) { return r.tolerance_1dB.x.above; });
    margin("tolerance_1dB_y_below", "The same towards negative y.", "y -",
           [](const CouplingResult& r) { return r.tolerance_1dB.y.below; });
    margin("tolerance_1dB_y_above", "The same towards positive y.", "y +",
           [](const CouplingResult& r) { return r.tolerance_1dB.y.above; });
    margin("tolerance_half_dB_x_below", "Displacement towards negative x that adds 0.5 dB.", "",
           [](const CouplingResult& r) { return r.tolerance_half_dB.x.below; });
    margin("tolerance_half_dB_x_above", "The same towards positive x.", "",
           [](const CouplingResult& r) { return r.tolerance_half_dB.x.above; });
    margin("tolerance_half_dB_y_below", "The same towards negative y.", "",
           [](const CouplingResult& r) { return r.tolerance_half_dB.y.below; });
    margin("tolerance_half_dB_y_above", "The same towards positive y.", "",
           [](const CouplingResult& r) { return r.tolerance_half_dB.y.above; });
    const auto angle = [&](const char* name, const char* words, const char* shown,
                           std::optional<double> (*read)(const CouplingResult&)) {
        rows.push_back({{name, "rad", {}, words, "There is such an angle.", shown, 3}, [read](const CouplingResult& r) {
                            const auto wave_number = read(r);
                            return wave_number && *wave_number < r.k ? Value(std::asin(*wave_number / r.k)) : Value();
                        }});
    };
    angle("tolerance_1dB_tilt_x_below",
          "Tilt of the port towards negative x, beyond the one that it has, that adds 1 dB to the coupling loss.", "",
          [](const CouplingResult& r) { return r.tolerance_1dB.k_x.below; });
    angle("tolerance_1dB_tilt_x_above", "The same towards positive x.", "tilt x +",
          [](const CouplingResult& r) { return r.tolerance_1dB.k_x.above; });
    angle("tolerance_1dB_tilt_y_below", "The same towards negative y.", "",
          [](const CouplingResult& r) { return r.tolerance_1dB.k_y.below; });
    angle("tolerance_1dB_tilt_y_above", "The same towards positive y.", "tilt y +",
          [](const CouplingResult& r) { return r.tolerance_1dB.k_y.above; });
    return joined<RowOf<CouplingResult>>(
        {std::move(rows),
         {{{"port_n_eff", "1", {}, "Effective index of the mode of a wire.", "The port is a wire."},
           [](const CouplingResult& r) { return optional_value(r.port_n_eff); }},
          {{"port_mfd",
            "m",
            {},
            "Computed mode-field diameter of the fiber (Petermann II), or of a wire along x (best Gaussian).",
            of_fiber,
            "mode-field diameter of the port",
            4},
           optional(&CouplingResult::port_mfd)},
          {{"data_sheet_mfd",
            "m",
            {},
            "Mode-field diameter that the manufacturer of the fiber states.",
            of_sheet,
            "in its data sheet",
            3},
           optional(&CouplingResult::data_sheet_mfd)},
          {{"data_sheet_mfd_tolerance", "m", {}, "Tolerance of the stated mode-field diameter.", of_sheet, "+-", 2},
           optional(&CouplingResult::data_sheet_tolerance)}}});
}

std::vector<RowOf<CouplingResult>> map_rows() {
    const std::string wanted = "A map is requested by [[coupling]] tolerance.",
                      tilted = "[[coupling]] tolerance gives a tilt, and the mode is one on the grid.";
    return {map_row("x", "m", {"place_x"}, &MisalignmentResult::x,
                    "Misalignments along x, relative to the port's position.", wanted),
            map_row("y", "m", {"place_y"}, &MisalignmentResult::y,
                    "Misalignments along y, relative to the port's position.", wanted),
            map_row("efficiency", "1", {"place_y", "place_x"}, &MisalignmentResult::efficiency,
                    "Coupling efficiency into the guide's mode at each misalignment, without the reflection "
                    "at the facet.",
                    wanted),
            map_row("tilt_x", "rad", {"place_tilt_x"}, &MisalignmentResult::tilt_x, "Further tilts towards x.", tilted),
            map_row("tilt_y", "rad", {"place_tilt_y"}, &MisalignmentResult::tilt_y, "Further tilts towards y.", tilted),
            {{"misalignment.tilted_efficiency",
              "1",
              {"place_tilt_y", "place_tilt_x", "place_y", "place_x"},
              "Coupling efficiency at each misalignment and further tilt.",
              tilted},
             [](const CouplingResult& r) { return r.misalignment ? view_value(r.misalignment->tilted) : Value(); }},
            map_row("transmission", "1", {"place_y", "place_x"}, &MisalignmentResult::transmission,
                    "Fraction of the power that arrives in the guide's mode at its other end, at each "
                    "misalignment.",
                    wanted + " The port is at the input of a propagation.")};
}

/// How the losses of an array scatter.
std::vector<RowOf<CouplingResult>> yield_rows() {
    const std::string wanted = "A yield is requested by [[coupling]] yield; of an array, at its first channel.";
    std::vector<RowOf<CouplingResult>> rows;
    const auto add = [&](const std::string& of, const std::string& words, const std::string& shown,
                         coupling::LossDistribution coupling::ArrayYield::*which) {
        const auto figure = [&](const char* name, const char* unit, const std::string& text, const std::string& label,
                                double coupling::LossDistribution::*member) {
            rows.push_back({{"yield." + of + "_" + name, unit, {}, text + words, wanted, label, 3},
                            [which, member](const CouplingResult& r) {
                                return r.yield ? Value(((*r.yield).*which).*member) : Value();
                            }});
        };
        using Losses = coupling::LossDistribution;
        figure("mean_dB", "dB", "Mean loss at the facet of ", "", &Losses::mean);
        figure("median_dB", "dB", "Loss that half of the draws exceed, of ", shown + " median", &Losses::median);
        figure("90_dB", "dB", "Loss that 10 % of the draws exceed, of ", shown + " 90 %", &Losses::level_90);
        figure("99_dB", "dB", "Loss that 1 % of the draws exceed, of ", "", &Losses::level_99);
        figure("yield", "1", "Share of the draws within the limit, of ", shown + " yield", &Losses::yield);
        rows.push_back(
            {{"yield." + of + "_cumulative", "1", {"loss"}, "Share of the draws below each loss, of " + words, wanted},
             [which](const CouplingResult& r) { return r.yield ? Value(((*r.yield).*which).cumulative) : Value(); }});
    };
    add("channel", "any one channel.", "channels:", &coupling::ArrayYield::channel);
    add("worst", "the worst channel of an array.", "worst channel:", &coupling::ArrayYield::worst);
    return rows;
}

std::vector<RowOf<CouplingResult>> coupling_rows() {
    return joined<RowOf<CouplingResult>>(
        {port_rows(), facet_rows(), place_rows(), alignment_rows(), map_rows(), yield_rows()});
}

/// The losses of a cumulative distribution.
AxisInfo loss_axis() {
    AxisInfo axis{"loss", "dB", "loss at the facet", {}, {}};
    for (int i = 0; i < coupling::cumulative_steps; ++i) axis.places.push_back(i * coupling::cumulative_step_dB);
    return axis;
}

std::vector<RowOf<LinkResult>> link_rows() {
    return {
        {{"guide", "", {}, "The guide through which the link goes.", "The guide has a name.", "guide"},
         [](const LinkResult& l) { return l.guide.empty() ? Value() : Value(l.guide); }},
        {{"budget",
          "dB",
          {"part"},
          "Loss of every part of the link from port to port. The lines up to the last facet are those of the guide's "
          "own "
          "mode. A part without a number was not computed, and is not included in the total.",
          "",
          "budget",
          3},
         [](const LinkResult& l) {
             NamedNumbers lines;
             for (const stages::BudgetLine& line : l.budget)
                 lines.emplace_back(line.name, line.dB.value_or(std::numeric_limits<double>::quiet_NaN()));
             return Value(std::move(lines));
         }},
        {{"loss_dB",
          "dB",
          {},
          "Insertion loss: the sum of the budget. Where the light of the port at the input was propagated, it is what "
          "the "
          "port at the output receives of the whole field, in which all modes and the radiation in the window "
          "interfere.",
          "",
          "total",
          3},
         [](const LinkResult& l) { return finite_value(l.loss_dB); }},
        {{"loss_dB_error", "dB", {}, "Error bar of the insertion loss.", known, "+-", 1},
         [](const LinkResult& l) { return optional_value(l.loss_dB_error); }},
        {{"mode_loss_dB",
          "dB",
          {},
          "Insertion loss of the guide's own mode alone: into it, along it and out of it.",
          "",
          "of that by the guide's own mode",
          3},
         [](const LinkResult& l) { return finite_value(l.mode_loss_dB); }},
        {{"mode_loss_dB_error", "dB", {}, "Error bar of mode_loss_dB: the sum of those of its parts.", known, "+-", 1},
         [](const LinkResult& l) { return optional_value(l.mode_loss_dB_error); }},
    };
}

std::vector<RowOf<LinkResult>> first_link_rows() {
    return joined<RowOf<LinkResult>>(
        {link_rows(),
         {{{"full_field_loss_dB",
            "dB",
            {},
            "Insertion loss by the whole propagated field; loss_dB is the same, where it is known.",
            "The launched light is that of the port at the input, and it was propagated."},
           [](const LinkResult& l) { return l.full_field_loss_dB ? finite_value(*l.full_field_loss_dB) : Value(); }}}});
}

}  // namespace

std::vector<Group> coupling_groups() {
    std::vector<Group> list;
    list.push_back(make_group<CouplingResult>(
        {.name = "coupling",
         .title = "coupling",
         .item = "port",
         .words = "The ports at the ends of the guide, in the order of the config.",
         .rows = {},
         .fill = {}},
        coupling_rows(),
        [](const WavelengthResult& w, Fields) -> std::optional<std::vector<CouplingResult>> { return w.coupling; },
        [](const WavelengthResult& w) {
            std::size_t places = 0, tilts_x = 0, tilts_y = 0;
            for (const CouplingResult& r : w.coupling)
                if (r.misalignment) {
                    places = std::max(places, r.misalignment->x.size());
                    tilts_x = std::max(tilts_x, r.misalignment->tilt_x.size());
                    tilts_y = std::max(tilts_y, r.misalignment->tilt_y.size());
                }
            const auto axis = [](const char* name, const char* words, std::size_t count) {
                AxisInfo info{name, "1", words, {}, {}};
                for (std::size_t i = 0; i < count; ++i)
                    info.places.push_back(static_cast<double>(i) - 0.5 * static_cast<double>(count - 1));
                return info;
            };
            return std::vector<AxisInfo>{axis("place_y", "number of the misalignment along y", places),
                                         axis("place_x", "number of the misalignment along x", places),
                                         axis("place_tilt_y", "number of the tilt towards y", tilts_y),
                                         axis("place_tilt_x", "number of the tilt towards x", tilts_x), loss_axis()};
        }));
    list.push_back(make_group<LinkResult>(
        {.name = "link",
         .title = "link budget",
         .item = "",
         .words = "The link budget from the first port at the input to the first one at the output.",
         .rows = {},
         .fill = {}},
        first_link_rows(), [](const WavelengthResult& w, Fields) -> std::optional<std::vector<LinkResult>> {
            if (w.links.empty()) return {};
            return std::vector<LinkResult>{w.links[0]};
        }));
    list.push_back(make_group<LinkResult>(
        {.name = "further_links",
         .title = "further links",
         .item = "link",
         .words = "The link budgets of further pairs of ports at the same guide, such as those of an array.",
         .rows = {},
         .fill = {}},
        link_rows(), [](const WavelengthResult& w, Fields) -> std::optional<std::vector<LinkResult>> {
            if (w.links.size() < 2) return {};
            return std::vector<LinkResult>(w.links.begin() + 1, w.links.end());
        }));
    return list;
}

}  // namespace vitral::results
