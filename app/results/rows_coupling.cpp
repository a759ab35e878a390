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

std::vector<RowOf<CouplingResult>> port_rows() {
    const std::string of_fiber = "The port is a fiber.", of_sheet = "The fiber's record has it at this wavelength.",
                      wanted = "[[coupling]] tolerance asks for a map.";
    const auto optional = [](std::optional<double> CouplingResult::*member) {
        return [member](const CouplingResult& r) { return optional_value(r.*member); };
    };
    return {
        {{"at", "", {}, "Which end of the guide.", "", "at the"}, [](const CouplingResult& r) { return Value(r.at); }},
        {{"to", "", {}, "The port.", "", "to"}, [](const CouplingResult& r) { return Value(r.to); }},
        {{"efficiency", "1", {}, "Power overlap of the port with the guide's fundamental mode; reflection is not included.", "", "overlap", 5},
         [](const CouplingResult& r) { return Value(r.efficiency); }},
        {{"loss_dB", "dB", {}, "Coupling loss, reflection at the facet included.", "", "coupling loss with reflection", 3},
         [](const CouplingResult& r) { return finite_value(r.loss_dB); }},
        {{"reflection", "1", {}, "Fresnel reflection of the facet, as a share of the power."},
         [](const CouplingResult& r) { return Value(r.reflection); }},
        {{"reflection_dB", "dB", {}, "Return loss of the facet: its reflection as a loss, positive.",
          "The port's index is known and differs from the guide's.", "return loss", 2},
         [](const CouplingResult& r) {
             return r.reflection > 0.0 ? Value(-10.0 * std::log10(r.reflection)) : Value();
         }},
        {{"offset_x", "m", {}, "The port's axis from the guide's axis, along x.", "", "port at x", 3},
         [](const CouplingResult& r) { return Value(r.offset_x); }},
        {{"offset_y", "m", {}, "Height of the port's axis above the surface; negative in the glass.", "", "y", 4},
         [](const CouplingResult& r) { return Value(r.offset_y); }},
        {{"tolerance_1dB_x", "m", {}, "Misalignment along x that costs 1 dB, the mean of both sides.", "It is found within 50 mode radii.",
          "1 dB lost at x +-", 3},
         optional(&CouplingResult::tolerance_1dB_x)},
        {{"tolerance_1dB_y", "m", {}, "The same along y.", "It is found within 50 mode radii.", "y +-", 3},
         optional(&CouplingResult::tolerance_1dB_y)},
        {{"port_mfd", "m", {}, "Computed mode-field diameter of the fiber (Petermann II).", of_fiber, "mode-field diameter of the port", 4},
         optional(&CouplingResult::port_mfd)},
        {{"data_sheet_mfd", "m", {}, "What the fiber's maker states.", of_sheet, "data sheet", 3},
         optional(&CouplingResult::data_sheet_mfd)},
        {{"data_sheet_mfd_tolerance", "m", {}, "Its tolerance.", of_sheet, "+-", 2},
         optional(&CouplingResult::data_sheet_tolerance)},
        map_row("x", "m", {"place_x"}, &MisalignmentResult::x, "Misalignments along x from the port's place.", wanted),
        map_row("y", "m", {"place_y"}, &MisalignmentResult::y, "Misalignments along y from the port's place.", wanted),
        map_row("efficiency", "1", {"place_y", "place_x"}, &MisalignmentResult::efficiency,
                "Power overlap with the guide's mode at each of these places, reflection not included.", wanted),
        map_row("transmission", "1", {"place_y", "place_x"}, &MisalignmentResult::transmission,
                "Power that arrives in the fundamental mode at the guide's other end.",
                wanted + " The port is at the input of a propagation.")};
}

std::vector<RowOf<LinkResult>> link_rows() {
    return {{{"budget", "dB", {"part"}, "Losses from port to port, part by part, of the fundamental mode.", "", "budget", 3},
             [](const LinkResult& l) { return Value(NamedNumbers(l.budget)); }},
            {{"loss_dB", "dB", {}, "Insertion loss: the sum of the budget.", "", "total", 3},
             [](const LinkResult& l) { return finite_value(l.loss_dB); }},
            {{"full_field_loss_dB", "dB", {},
              "Insertion loss of the whole field: all modes and radiation in the window, interfering.",
              "The light is launched from the input's port.", "whole field", 3},
             [](const LinkResult& l) { return l.full_field_loss_dB ? finite_value(*l.full_field_loss_dB) : Value(); }}};
}

}  // namespace

std::vector<Group> coupling_groups() {
    std::vector<Group> list;
    list.push_back(make_group<CouplingResult>(
        {.name = "coupling", .title = "coupling", .item = "port", .words = "What is joined to the ends, in the order of the config.", .rows = {}, .fill = {}},
        port_rows(),
        [](const WavelengthResult& w, Fields) -> std::optional<std::vector<CouplingResult>> {
            return w.coupling;
        },
        [](const WavelengthResult& w) {
            std::size_t places = 0;
            for (const CouplingResult& r : w.coupling)
                if (r.misalignment) places = r.misalignment->x.size();
            std::vector<double> numbers;
            for (std::size_t i = 0; i < places; ++i) numbers.push_back(static_cast<double>(i) - 0.5 * static_cast<double>(places - 1));
            return std::vector<AxisInfo>{{"place_y", "1", "number of the misalignment along y", numbers},
                                         {"place_x", "1", "number of the misalignment along x", numbers}};
        }));
    list.push_back(make_group<LinkResult>(
        {.name = "link", .title = "link budget", .item = "", .words = "The link budget.", .rows = {}, .fill = {}}, link_rows(),
        [](const WavelengthResult& w, Fields) -> std::optional<std::vector<LinkResult>> {
            if (!w.link) return {};
            return std::vector<LinkResult>{*w.link};
        }));
    return list;
}

}  // namespace vitral::results
