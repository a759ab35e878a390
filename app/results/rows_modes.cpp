#include <algorithm>
#include <cmath>
#include <memory>

#include "app/results/rows.hpp"
#include "core/constants.hpp"

namespace vitral::results {
namespace {

using stages::ModesResult;
using stages::WavelengthResult;

/// Points of the fields of modes on elements: about all of them.
struct FieldPoints {
    std::vector<double> x, y;
    explicit FieldPoints(const std::vector<GuidedMode>& modes, bool slab) {
        double left = 1e300, right = -1e300, bottom = 1e300, top = -1e300;
        for (const GuidedMode& m : modes) {
            const ModeFigures& f = m.figures;
            left = std::min(left, f.center_x - 1.2 * f.mfd_4sigma_x);
            right = std::max(right, f.center_x + 1.2 * f.mfd_4sigma_x);
            bottom = std::min(bottom, f.center_y - 1.2 * f.mfd_4sigma_y);
            top = std::max(top, f.center_y + 1.2 * f.mfd_4sigma_y);
        }
        constexpr int count = 241;
        const auto places = [](double from, double to) {
            std::vector<double> list;
            for (int i = 0; i < count; ++i) list.push_back(from + (to - from) * (i + 0.5) / count);
            return list;
        };
        x = places(left, right);
        y = slab ? std::vector<double>{0.0} : places(bottom, top);
    }
};

/// A mode with what it belongs to.
struct Item {
    const GuidedMode* mode;
    const ModesResult* of;
    bool slab;
    bool named;                                ///< whether its fields are named only
    std::shared_ptr<const ModeFields> fields;  ///< on FieldPoints; null where they are not computed
    [[nodiscard]] bool is_vector() const { return mode->figures.transverse_fraction.has_value(); }
    [[nodiscard]] const ModeFigures& f() const { return mode->figures; }
    [[nodiscard]] Value along_y(double value) const { return slab ? Value() : Value(value); }
};

constexpr double dB_per_cm = 0.1 / 2.302585092994046;  ///< of a power attenuation of 1/m, 10 log10(e) / 100

RowOf<Item> figure(std::string name, double ModeFigures::*member, std::string words, std::string shown = {}) {
    return {{std::move(name), "m", {}, std::move(words), "", std::move(shown), 4},
            [member](const Item& i) { return Value(i.f().*member); }};
}
RowOf<Item> figure_y(std::string name, double ModeFigures::*member, std::string words, std::string shown = {}) {
    return {{std::move(name), "m", {}, std::move(words), "The section is not a slab.", std::move(shown), 4},
            [member](const Item& i) { return i.along_y(i.f().*member); }};
}
/// What kind of mode has a component.
enum class Of { scalar_modes, vector_modes };
RowOf<Item> component(std::string name, std::vector<Complex> ModeFields::*member, std::string words, Of of) {
    const bool of_vector = of == Of::vector_modes;
    return {{std::move(name),
             "1/m",
             {"y_fields", "x_fields"},
             std::move(words),
             of_vector ? "The mode is a vector mode found on elements, and its fields are stored."
                       : "The mode is a scalar mode found on elements, and its fields are stored."},
            [member, of_vector](const Item& i) {
                if (i.named && i.mode->fields && i.is_vector() == of_vector) return Value(InFile{});
                return i.fields && i.is_vector() == of_vector ? view_value((*i.fields).*member) : Value();
            },
            true};
}

const std::string lossy =
    "Loss is part of the solution: a material absorbs strongly, or the walls are open (modes.near, modes.bend_radius).";

std::vector<RowOf<Item>> index_rows() {
    return {
        {{"number",
          "1",
          {},
          "Number of the mode, counted from the highest effective index. A mode keeps its "
          "number from one wavelength to the next."},
         [](const Item& i) { return Value(static_cast<std::int64_t>(i.mode->number)); }},
        {{"overlap_with_last_wavelength",
          "1",
          {},
          "Power overlap with the same mode at the previous wavelength.",
          "The modes are found on elements and followed from one wavelength to the next."},
         [](const Item& i) { return optional_value(i.mode->overlap_with_last); },
         true},
        {{"n_eff", "1", {}, "Effective index.", "", "n_eff", 9},
         [](const Item& i) { return Value(i.mode->n_eff.real()); }},
        {{"n_eff_error",
          "1",
          {},
          "Error bar of the effective index.",
          "The mode was found on elements, or numerics.error_bars = true.",
          "+-",
          2},
         [](const Item& i) { return optional_value(i.mode->error); }},
        {{"n_eff_imag", "1", {}, "Imaginary part of the effective index; positive where light is lost.", lossy},
         [](const Item& i) { return i.mode->loss ? Value(i.mode->n_eff.imag()) : Value(); },
         true},
        {{"n_eff_imag_error", "1", {}, "Error bar of the imaginary part.", lossy},
         [](const Item& i) { return i.mode->loss ? optional_value(i.mode->error_imag) : Value(); },
         true},
        {{"n_group", "1", {}, "Group index, the dispersion of the materials included.", "", "group index", 7},
         [](const Item& i) { return optional_value(i.mode->n_group); }},
        {{"dispersion",
          "s/m^2",
          {},
          "Dispersion parameter (1/c) dn_group/dλ; 1 ps/(nm km) is 1e-6 s/m².",
          "modes.dispersion = true.",
          "dispersion"},
         [](const Item& i) { return optional_value(i.mode->dispersion); },
         true},
    };
}

/// How a mode is polarised, what it loses, and how well it solves its equation.
std::vector<RowOf<Item>> character_rows() {
    return {
        {{"polarization",
          "",
          {},
          "scalar, TE or TM; for vector modes TE-like or TM-like, according to the larger "
          "transverse component of E.",
          "",
          "polarisation"},
         [](const Item& i) { return Value(i.mode->polarization); }},
        {{"te_fraction",
          "1",
          {},
          "TE fraction: ∬|E_x|² dA divided by ∬(|E_x|² + |E_y|²) dA.",
          "The mode is a vector mode and the section is not a slab.",
          "TE fraction",
          4},
         [](const Item& i) { return optional_value(i.f().te_fraction); },
         true},
        {{"transverse_fraction",
          "1",
          {},
          "∬|E_t|² dA divided by ∬|E|² dA, E_t being the transverse part of the electric "
          "field.",
          "The mode is a vector mode."},
         [](const Item& i) { return optional_value(i.f().transverse_fraction); },
         true},
        {{"loss_dB_per_cm", "dB/cm", {}, "Loss of the mode from the imaginary part of its index.", lossy, "loss", 4},
         [](const Item& i) { return i.mode->loss ? Value(*i.mode->loss * dB_per_cm) : Value(); },
         true},
        {{"absorption_dB_per_cm",
          "dB/cm",
          {},
          "Loss of the mode by absorption in the materials.",
          "The records of the materials state their absorption.",
          "absorption loss",
          4},
         [](const Item& i) { return i.mode->absorption ? Value(*i.mode->absorption * dB_per_cm) : Value(); }},
        {{"residual", "1", {}, "Residual of the mode's equation, relative to n_eff."},
         [](const Item& i) { return Value(i.mode->residual); }}};
}

std::vector<RowOf<Item>> shape_rows() {
    std::vector<RowOf<Item>> rows = {
        figure("mfd_4sigma_x", &ModeFigures::mfd_4sigma_x,
               "Four standard deviations of the power density along x (ISO 11146)."),
        figure_y("mfd_4sigma_y", &ModeFigures::mfd_4sigma_y, "The same along y."),
        figure(
            "mfd_1e2_x", &ModeFigures::mfd_1e2_x,
            "Full width along x at 1/e² of the power density: on the grid along the line through the peak; on elements "
            "along the line through the centroid, relative to the density there."),
        figure_y("mfd_1e2_y", &ModeFigures::mfd_1e2_y, "The same along y."),
        figure("mfd_gauss_x", &ModeFigures::mfd_gauss_x, "1/e² diameter along x of the Gaussian of best overlap.",
               "mode-field diameter (best Gaussian) x"),
        figure_y("mfd_gauss_y", &ModeFigures::mfd_gauss_y, "The same along y.", "y"),
        {{"gauss_overlap", "1", {}, "Power overlap with that Gaussian."},
         [](const Item& i) { return Value(i.f().gauss_overlap); }},
        {{"effective_area",
          "m^2",
          {},
          "Effective area (∬S dA)² / ∬S² dA, S being the power density.",
          "The section is not a slab."},
         [](const Item& i) { return i.along_y(i.f().effective_area); }},
        {{"effective_width",
          "m",
          {},
          "Effective width (∫S dx)² / ∫S² dx of a mode in a slab.",
          "The section is a slab."},
         [](const Item& i) { return i.slab ? Value(i.f().effective_area) : Value(); }},
        figure("center_x", &ModeFigures::center_x, "Centroid of the power density along x."),
        figure_y("center_y", &ModeFigures::center_y, "The same along y; the surface is y = 0.", "centre y"),
        figure("peak_x", &ModeFigures::peak_x, "x of the largest field."),
        figure_y("peak_y", &ModeFigures::peak_y, "y of the largest field."),
        {{"mfd_petermann_x", "m", {}, "Petermann II diameter along x.", "The mode was found on elements."},
         [](const Item& i) { return optional_value(i.f().mfd_petermann_x); },
         true},
        {{"mfd_petermann_y",
          "m",
          {},
          "The same along y.",
          "The mode was found on elements, and the section is not a slab."},
         [](const Item& i) { return optional_value(i.f().mfd_petermann_y); },
         true},
        {{"confinement",
          "1",
          {"region"},
          "Confinement: fraction of the power in each box of the config.",
          "There are boxes ([[index.box]]), and the modes were found on elements.",
          "fraction of the power in",
          4},
         [](const Item& i) {
             NamedNumbers shares;
             for (std::size_t r = 0; r < std::min(i.of->regions.size(), i.f().confinement.size()); ++r)
                 shares.emplace_back(i.of->regions[r], i.f().confinement[r]);
             return Value(shares);
         },
         true}};
    const std::pair<const char*, double ModeFigures::*> walls[] = {{"left", &ModeFigures::near_left},
                                                                   {"right", &ModeFigures::near_right},
                                                                   {"bottom", &ModeFigures::near_bottom},
                                                                   {"top", &ModeFigures::near_top}};
    for (const auto& [name, member] : walls) {
        const bool is_y = name[0] == 'b' || name[0] == 't';
        rows.push_back(
            {{std::string("power_near_walls.") + name,
              "1",
              {},
              std::string("Fraction of the power in the outermost 5 % of the window at this wall: ") + name + ".",
              is_y ? "The section is not a slab." : ""},
             [member = member, is_y](const Item& i) {
                 return is_y ? i.along_y(i.f().*member) : Value(i.f().*member);
             }});
    }
    return rows;
}

std::vector<RowOf<Item>> sensitivity_rows() {
    const std::string when = "modes.sensitivities = true.";
    return {{{"sensitivities",
              "1 or 1/m",
              {"parameter"},
              "Derivative of the effective index with respect to each parameter: in 1/m for a length, otherwise per "
              "unit of "
              "the parameter.",
              when,
              "dn_eff/d",
              6},
             [](const Item& i) {
                 NamedNumbers list;
                 for (const Sensitivity& s : i.mode->sensitivities) list.emplace_back(s.parameter, s.value);
                 return list.empty() ? Value() : Value(list);
             },
             true}};
}

std::vector<RowOf<Item>> field_rows() {
    std::vector<RowOf<Item>> rows = {
        {{"psi",
          "1/m",
          {"y", "x"},
          "Scalar field on the grid of the propagation, normalised to unit power. In a "
          "slab its unit is m^-1/2.",
          "The mode was found on the grid of the propagation."},
         [](const Item& i) { return view_value(i.mode->psi.values); }},
        component("psi_fields", &ModeFields::e_x,
                  "Scalar field, normalised to unit power. In a slab its unit is m^-1/2.", Of::scalar_modes)};
    const std::pair<const char*, std::vector<Complex> ModeFields::*> parts[] = {
        {"E_x", &ModeFields::e_x}, {"E_y", &ModeFields::e_y}, {"E_z", &ModeFields::e_z},
        {"H_x", &ModeFields::h_x}, {"H_y", &ModeFields::h_y}, {"H_z", &ModeFields::h_z}};
    for (const auto& [name, member] : parts)
        rows.push_back(component(name, member,
                                 std::string(name) +
                                     ", normalised to unit power: the z component of Re(E x H*) integrates to "
                                     "1, H being multiplied by the impedance of vacuum. In a slab its unit "
                                     "is m^-1/2.",
                                 Of::vector_modes));
    return rows;
}

std::vector<RowOf<Item>> mode_rows() {
    return joined<RowOf<Item>>({index_rows(), character_rows(), shape_rows(), sensitivity_rows(), field_rows()});
}

std::vector<RowOf<Item>> grid_mode_rows() {
    std::vector<RowOf<Item>> rows = mode_rows();
    std::erase_if(rows, [](const RowOf<Item>& row) { return row.on_elements; });
    return rows;
}

using Items = std::optional<std::vector<Item>>;

Items items_of(const WavelengthResult& w, const std::vector<GuidedMode>& modes, Fields fields) {
    const bool slab = w.index && w.index->n.grid.is_slab();
    std::vector<Item> items;
    const bool sampled = fields == Fields::all && !modes.empty() && modes[0].fields;
    std::optional<FieldPoints> points;
    if (sampled) points.emplace(modes, slab);
    for (const GuidedMode& mode : modes)
        items.push_back({&mode, &*w.modes, slab, fields == Fields::named,
                         sampled ? std::make_shared<const ModeFields>(mode.fields(points->x, points->y)) : nullptr});
    return items;
}

std::vector<AxisInfo> axes_of(const WavelengthResult& w, const std::vector<GuidedMode>& modes) {
    std::vector<AxisInfo> axes;
    if (modes.empty()) return axes;
    const Grid& psi = modes[0].psi.grid;
    if (psi.size() > 0) {
        axes.push_back({"y", "m", "height above the glass surface", positions(psi.y)});
        axes.push_back({"x", "m", "lateral position", positions(psi.x)});
    }
    if (modes[0].fields) {
        const FieldPoints points(modes, w.index && w.index->n.grid.is_slab());
        axes.push_back({"y_fields", "m", "height above the glass surface", points.y});
        axes.push_back({"x_fields", "m", "lateral position", points.x});
    }
    return axes;
}

std::vector<RowOf<ModesResult>> solver_rows() {
    using stages::SolverReport;
    const auto integer = [](std::string name, std::optional<int> SolverReport::*member, std::string words) {
        return RowOf<ModesResult>{{std::move(name), "1", {}, std::move(words), "The modes were found on elements."},
                                  [member](const ModesResult& m) {
                                      const auto& value = m.report.*member;
                                      return value ? Value(static_cast<std::int64_t>(*value)) : Value();
                                  }};
    };
    const auto side = [](const char* name, double Window::*member) {
        return RowOf<ModesResult>{
            {std::string("window.") + name,
             "m",
             {},
             std::string("Position of a wall of the window in which the modes were solved: ") + name + ".",
             "The modes were found on elements."},
            [member](const ModesResult& m) { return m.report.window ? Value((*m.report.window).*member) : Value(); }};
    };
    return {{{"solver", "", {}, "Mode solver, as named by modes.solver in the config."},
             [](const ModesResult& m) { return Value(m.report.solver); }},
            {{"boundary_index",
              "1",
              {},
              "Largest effective index of light that travels along the walls of the window. A "
              "mode below it is not guided."},
             [](const ModesResult& m) { return Value(m.boundary_index); }},
            {{"eigensolver", "", {}, "Name of the eigenvalue solver."},
             [](const ModesResult& m) { return Value(m.report.eigensolver); }},
            integer("degree", &SolverReport::degree, "Polynomial degree of the elements on the finest level."),
            integer("unknowns", &SolverReport::unknowns, "Number of unknowns of the largest linear system."),
            integer("solves", &SolverReport::solves, "Number of linear systems solved with the factorised matrices."),
            {{"factor_bytes", "B", {}, "Memory of the largest factorised matrix.", "The modes were found on elements."},
             [](const ModesResult& m) {
                 return m.report.factor_bytes ? Value(static_cast<std::int64_t>(*m.report.factor_bytes)) : Value();
             }},
            side("left", &Window::left),
            side("right", &Window::right),
            side("bottom", &Window::bottom),
            side("top", &Window::top),
            {{"leakage", "", {}, "Whether the loss of light through the walls of the window is part of the solution."},
             [](const ModesResult& m) {
                 return Value(std::string(m.report.leakage_computed ? "computed: matched layers"
                                                                    : "not computed: closed boundary"));
             }},
            {{"within_accuracy", "1", {}, "Whether every error bar is below the wanted accuracy."},
             [](const ModesResult& m) { return Value(m.report.within_accuracy); }}};
}

}  // namespace

std::vector<Group> mode_groups() {
    std::vector<Group> list;
    list.push_back(make_group<Item>(
        {.name = "modes", .item = "mode", .words = "Guided modes of the section at z = 0.", .rows = {}, .fill = {}},
        mode_rows(),
        [](const WavelengthResult& w, Fields fields) -> Items {
            if (!w.modes || w.modes->is_planar) return {};
            return items_of(w, w.modes->modes, fields);
        },
        [](const WavelengthResult& w) { return axes_of(w, w.modes->modes); }));
    list.push_back(make_group<Item>(
        {.name = "grid_modes",
         .item = "mode",
         .words =
             "Scalar modes on the grid of the propagation, which propagation and coupling use. They are listed if the "
             "guided modes themselves were found on elements.",
         .rows = {},
         .fill = {}},
        grid_mode_rows(),
        [](const WavelengthResult& w, Fields fields) -> Items {
            if (!w.modes || w.modes->on_grid.empty() || w.modes->modes.empty() || !w.modes->modes[0].psi.values.empty())
                return {};
            return items_of(w, w.modes->on_grid, fields);
        },
        [](const WavelengthResult& w) { return axes_of(w, w.modes->on_grid); }));
    list.push_back(make_group<ModesResult>(
        {.name = "mode_solver", .item = "", .words = "How the modes were found.", .rows = {}, .fill = {}},
        solver_rows(), [](const WavelengthResult& w, Fields) -> std::optional<std::vector<ModesResult>> {
            if (!w.modes) return {};
            ModesResult without_modes;
            without_modes.boundary_index = w.modes->boundary_index;
            without_modes.report = w.modes->report;
            return std::vector<ModesResult>{without_modes};
        }));
    list.push_back(
        make_group<GuidedMode>({.name = "planar_modes",
                                .item = "mode",
                                .words = "Mode indices of a guide without a mask, as a prism coupler measures them.",
                                .rows = {},
                                .fill = {}},
                               {{{"polarization",
                                  "",
                                  {},
                                  "TE (the electric field is parallel to the surface) or TM (the magnetic field "
                                  "is).",
                                  "",
                                  "planar"},
                                 [](const GuidedMode& m) { return Value(m.polarization); }},
                                {{"number", "1", {}, "Number of the mode among those of its polarisation."},
                                 [](const GuidedMode& m) { return Value(static_cast<std::int64_t>(m.number)); }},
                                {{"n_eff", "1", {}, "Effective index.", "", "n_eff", 7},
                                 [](const GuidedMode& m) { return Value(m.n_eff.real()); }},
                                {{"n_eff_error", "1", {}, "Error bar of the effective index.", "", "+-", 2},
                                 [](const GuidedMode& m) { return optional_value(m.error); }}},
                               [](const WavelengthResult& w, Fields) -> std::optional<std::vector<GuidedMode>> {
                                   if (!w.modes || !w.modes->is_planar) return {};
                                   return w.modes->planar;
                               }));
    return list;
}

}  // namespace vitral::results
