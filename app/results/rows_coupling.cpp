#include <cmath>

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
    return (*r.misalignment).*member;
}

RowOf<CouplingResult> map_row(const char* name, const char* unit, std::vector<std::string> axes,
                              std::vector<double> MisalignmentResult::*member, std::string words, std::string when) {
    return {{std::string("misalignment.") + name, unit, std::move(axes), std::move(words), std::move(when)},
            [member](const CouplingResult& r) { return of_map(r, member); }};
}

const std::string known =
    "numerics.error_bars = true, and the companions on coarser grids have the same ports and modes.";

/// Where the port is and what the facet passes.
std::vector<RowOf<CouplingResult>> facet_rows() {
    return {{{"at", "", {}, "End of the guide: input or output.", "", "at the"},
             [](const CouplingResult& r) { return Value(r.at); }},
            {{"to", "", {}, "The port.", "", "to"}, [](const CouplingResult& r) { return Value(r.to); }},
            {{"efficiency",
              "1",
              {},
              "Coupling efficiency: power overlap of the port with the guide's fundamental mode, without the "
              "reflection at the "
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
            {{"reflection", "1", {}, "Fraction of the power that the facet reflects (Fresnel reflection)."},
             [](const CouplingResult& r) { return Value(r.reflection); }},
            {{"reflection_dB",
              "dB",
              {},
              "Return loss of the facet, -10 log10 of the reflected fraction; a positive number.",
              "The port's index is known and differs from the guide's.",
              "return loss",
              2},
             [](const CouplingResult& r) {
                 return r.reflection > 0.0 ? Value(-10.0 * std::log10(r.reflection)) : Value();
             }},
            {{"offset_x",
              "m",
              {},
              "Position of the port's axis along x, relative to the guide's axis.",
              "",
              "port axis at x",
              3},
             [](const CouplingResult& r) { return Value(r.offset_x); }},
            {{"offset_y", "m", {}, "Height of the port's axis above the surface; negative in the glass.", "", "y", 4},
             [](const CouplingResult& r) { return Value(r.offset_y); }}};
}

/// How far the port may be off, and the fiber's mode beside its data sheet.
std::vector<RowOf<CouplingResult>> alignment_rows() {
    const std::string of_fiber = "The port is a fiber.", of_sheet = "The fiber's record gives it at this wavelength.";
    const auto optional = [](std::optional<double> CouplingResult::*member) {
        return [member](const CouplingResult& r) { return optional_value(r.*member); };
    };
    return {{{"tolerance_1dB_x",
              "m",
              {},
              "Misalignment along x, from the port's position, that adds 1 dB to the coupling loss; averaged over both "
              "directions.",
              "The 1 dB point lies within 50 mode-field radii of the port.",
              "1 dB alignment tolerance x +-",
              3},
             optional(&CouplingResult::tolerance_1dB_x)},
            {{"tolerance_1dB_y",
              "m",
              {},
              "The same along y.",
              "The 1 dB point lies within 50 mode-field radii of the port.",
              "y +-",
              3},
             optional(&CouplingResult::tolerance_1dB_y)},
            {{"port_mfd",
              "m",
              {},
              "Computed mode-field diameter of the fiber (Petermann II).",
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
             optional(&CouplingResult::data_sheet_tolerance)}};
}

std::vector<RowOf<CouplingResult>> map_rows() {
    const std::string wanted = "A map is requested by [[coupling]] tolerance.";
    return {map_row("x", "m", {"place_x"}, &MisalignmentResult::x,
                    "Misalignments along x, relative to the port's position.", wanted),
            map_row("y", "m", {"place_y"}, &MisalignmentResult::y,
                    "Misalignments along y, relative to the port's position.", wanted),
            map_row("efficiency", "1", {"place_y", "place_x"}, &MisalignmentResult::efficiency,
                    "Coupling efficiency into the guide's mode at each misalignment, without the reflection "
                    "at the facet.",
                    wanted),
            map_row("transmission", "1", {"place_y", "place_x"}, &MisalignmentResult::transmission,
                    "Fraction of the power that arrives in the fundamental mode at the other end of the guide, at each "
                    "misalignment.",
                    wanted + " The port is at the input of a propagation.")};
}

std::vector<RowOf<CouplingResult>> port_rows() {
    return joined<RowOf<CouplingResult>>({facet_rows(), alignment_rows(), map_rows()});
}

std::vector<RowOf<LinkResult>> link_rows() {
    const std::string budget_when =
        "There is a port at the input and one at the output and, with a propagation, the transmission of the "
        "fundamental mode "
        "is known.";
    return {
        {{"budget",
          "dB",
          {"part"},
          "Loss of every part of the link from port to port, for the fundamental mode.",
          budget_when,
          "budget",
          3},
         [](const LinkResult& l) { return Value(NamedNumbers(l.budget)); }},
        {{"loss_dB", "dB", {}, "Insertion loss: the sum of the budget.", budget_when, "total", 3},
         [](const LinkResult& l) { return finite_value(l.loss_dB); }},
        {{"loss_dB_error", "dB", {}, "Error bar of the insertion loss: the sum of those of its parts.", known, "+-", 1},
         [](const LinkResult& l) { return optional_value(l.loss_dB_error); }},
        {{"full_field_loss_dB",
          "dB",
          {},
          "Insertion loss computed from the whole propagated field, in which all modes and the radiation in the window "
          "interfere.",
          "The launched light is that of the port at the input.",
          "total, from the whole field",
          3},
         [](const LinkResult& l) { return l.full_field_loss_dB ? finite_value(*l.full_field_loss_dB) : Value(); }},
        {{"full_field_loss_dB_error", "dB", {}, "Error bar of full_field_loss_dB.", known, "+-", 1},
         [](const LinkResult& l) { return optional_value(l.full_field_loss_dB_error); }}};
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
        port_rows(),
        [](const WavelengthResult& w, Fields) -> std::optional<std::vector<CouplingResult>> { return w.coupling; },
        [](const WavelengthResult& w) {
            std::size_t places = 0;
            for (const CouplingResult& r : w.coupling)
                if (r.misalignment) places = r.misalignment->x.size();
            std::vector<double> numbers;
            for (std::size_t i = 0; i < places; ++i)
                numbers.push_back(static_cast<double>(i) - 0.5 * static_cast<double>(places - 1));
            return std::vector<AxisInfo>{{"place_y", "1", "number of the misalignment along y", numbers},
                                         {"place_x", "1", "number of the misalignment along x", numbers}};
        }));
    list.push_back(make_group<LinkResult>(
        {.name = "link", .title = "link budget", .item = "", .words = "The link budget.", .rows = {}, .fill = {}},
        link_rows(), [](const WavelengthResult& w, Fields) -> std::optional<std::vector<LinkResult>> {
            if (!w.link) return {};
            return std::vector<LinkResult>{*w.link};
        }));
    return list;
}

}  // namespace vitral::results
