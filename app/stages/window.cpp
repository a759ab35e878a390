#include "app/stages/window.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "app/stages/edge_layers.hpp"
#include "app/stages/light_section.hpp"
#include "app/stages/medium.hpp"
#include "core/constants.hpp"
#include "core/errors.hpp"
#include "medium/formula_extent.hpp"
#include "solver/kernels/fft.hpp"

namespace vitral::stages {
namespace {

constexpr double left_out = 1e-6;         // of a mode's power, beyond the room for its tail
constexpr double farthest_room = 300e-6;  // for the fundamental's tail and launched modes'
constexpr double farther_modes = 100e-6;  // for the tails of others
constexpr double first_room = 10e-6;      // in which modes are looked for first
constexpr double widest_search = 80e-6;   // in which a mode shows whose n_eff is 1e-5 or more above the index beside it
constexpr int rounds = 8;
constexpr double slack = 1.05;  // of a window that is tried again, whose grid differs
constexpr double port_radii = 3.0;
constexpr double stored_share = 1e-6;  // of a stored field's peak intensity
constexpr double most_points = 1e5;    // of the grids on which modes are tried
constexpr double points_a_guide = 16.0, coarsest = 1e-6, finest = 0.05e-6;

/// Room beside a box.
struct Room {
    double sides = 0.0, bottom = 0.0, top = 0.0;
    void take(const Room& other) {
        sides = std::max(sides, other.sides), bottom = std::max(bottom, other.bottom), top = std::max(top, other.top);
    }
};

void take(Window& box, const Window& other) {
    box.left = std::min(box.left, other.left), box.right = std::max(box.right, other.right);
    box.bottom = std::min(box.bottom, other.bottom), box.top = std::max(box.top, other.top);
}

/// Lays the window: the guides, then room for their modes, then other light, the path and the layers.
class WindowLayer {
public:
    WindowLayer(const RunParams& params, std::shared_ptr<const exchange::Exchange> process)
        : params_(params),
          process_(std::move(process)),
          wavelength_(*std::max_element(params.wavelengths.begin(), params.wavelengths.end())) {
        const double length = params.propagation ? params.propagation->length : params.coupling.length;
        places_ = {0.0};
        const auto* formula = std::get_if<FormulaParams>(&params.medium.source);
        if (formula == nullptr || !(length > 0.0) || !medium::Formula(formula->text, formula->constants).uses_z())
            return;
        // Not evenly apart, so that no period hides between them.
        constexpr int intervals = 16;
        for (int i = 1; i <= intervals; ++i) places_.push_back(length * std::pow(i / double(intervals), 1.1));
    }

    Window laid(std::vector<std::string>& warnings) {
        const Window guides = guides_of();
        if (process_ && process_->mesh.nx() == 1)  // a planar guide has no sides
            return rounded(fixed({given().left, given().right, 1.2 * guides.bottom - wavelength_, given().top}));
        Window inner = settled(guides, warnings);
        take_light(inner);
        const GuidePath& path = params_.coupling.motion.path;
        const GuidePath::Reach reach = path.reach();
        inner.left += std::min(0.0, reach.from - path.center(0.0));
        inner.right += std::max(0.0, reach.to - path.center(0.0));
        return with_layers(fixed(inner));
    }

private:
    [[nodiscard]] double k0() const { return 2.0 * pi / wavelength_; }
    [[nodiscard]] const Window& given() const { return params_.medium.window; }
    [[nodiscard]] bool is_slab() const { return params_.medium.slab; }

    /// The box of all that guides light at any z.
    [[nodiscard]] Window guides_of() const {
        Window box{1.0, -1.0, 0.0, 0.0};
        if (process_) {
            box = {-0.5 * process_->wanted_width, 0.5 * process_->wanted_width, -process_->wanted_depth, 0.0};
        } else {
            const auto& formula = std::get<FormulaParams>(params_.medium.source);
            const bool above = params_.medium.cover.kind == medium::Cover::Kind::none;
            medium::ExtentSearch search{is_slab(), above, places_};
            if (!params_.open.sides) search.half_width = 0.5 * given().width();
            if (!params_.open.bottom) search.depth = -given().bottom;
            if (!params_.open.top) search.height = given().top;
            const auto found = medium::formula_extent(medium::Formula(formula.text, formula.constants), search);
            if (!found)
                throw Error(
                    Failure::input_file,
                    "the index formula does not become constant away from its guides, so the window cannot be sized: "
                    "set [section] width and depth",
                    "[section]");
            box = *found;
        }
        for (const medium::DrawnBox& drawn : params_.medium.boxes) {
            const Window own{drawn.x - 0.5 * drawn.width, drawn.x + 0.5 * drawn.width, is_slab() ? 0.0 : drawn.bottom,
                             is_slab() ? 0.0 : drawn.bottom + drawn.height};
            if (box.left > box.right)  // a film of the formula has no sides
                box = {own.left, own.right, std::min(own.bottom, box.bottom), std::max(own.top, box.top)};
            else
                take(box, own);
        }
        if (box.left <= box.right) return box;
        if (params_.open.sides || params_.open.bottom)
            throw Error(
                Failure::input_file,
                "nothing in the index guides light, so the window cannot be sized: set [section] width and depth",
                "[section]");
        return given();
    }

    /// A box with room beside it, where its sides are open.
    [[nodiscard]] Window beside(const Window& box, const Room& room) const {
        return fixed({box.left - room.sides, box.right + room.sides, box.bottom - room.bottom, box.top + room.top});
    }
    [[nodiscard]] Window fixed(Window w) const {
        if (!params_.open.sides) w.left = given().left, w.right = given().right;
        if (!params_.open.bottom || is_slab()) w.bottom = given().bottom;
        if (!params_.open.top || is_slab()) w.top = given().top;
        return w;
    }

    /// The guides with the room that their modes need.
    [[nodiscard]] Window settled(const Window& guides, std::vector<std::string>& warnings) {
        Room room{first_room, first_room, first_room};
        if (is_small()) room = {2.0 * wavelength_, 2.0 * wavelength_, 2.0 * wavelength_};
        for (int k = 0; k < rounds; ++k) {
            const auto wanted = room_in(beside(guides, room), guides);
            if (!wanted) {  // none is guided here, and a little farther out there may be
                room = {2.0 * room.sides, 2.0 * room.bottom, 2.0 * room.top};
                if (room.sides > widest_search) break;
                continue;
            }
            if (wanted->sides <= room.sides && wanted->bottom <= room.bottom && wanted->top <= room.top)
                return beside(guides, *wanted);
            room.take({slack * wanted->sides, slack * wanted->bottom, slack * wanted->top});
        }
        if (mode_found_)
            warnings.push_back(
                "the mode is close to cutoff: the automatic window cuts off part of its evanescent tail");
        return beside(guides, mode_found_ ? room : Room{2.0 * first_room, 2.0 * first_room, first_room});
    }
    /// Whether drawn boxes guide the light tightly.
    [[nodiscard]] bool is_small() const { return !params_.medium.boxes.empty(); }

    /// The room that the modes found in this window need; nothing where there is none.
    [[nodiscard]] std::optional<Room> room_in(const Window& w, const Window& guides) {
        MediumParams of = params_.medium;
        of.window = w;
        const auto medium = make_medium(of, process_, wavelength_);
        GridParams grid = params_.modes.grid;
        grid.window = w;
        double h = std::min(guides.width(), is_slab() ? 1e300 : guides.height()) / points_a_guide;
        h = std::clamp(h, finest, coarsest);
        h = std::max(h, is_slab() ? 0.0 : std::sqrt(w.width() * w.height() / most_points));
        LightSection light(grid, medium);
        light.set_grid(medium->outline().background_index, std::min(h, 0.1 * w.width()));
        std::optional<Room> room;
        for (const double z : {places_.front(), places_[places_.size() / 2], places_.back()}) {
            const auto set = surveyed(light, *medium, z);
            for (std::size_t m = 0; m < set.modes.size(); ++m) {
                if (!room) room.emplace();
                room->take(room_of(set.modes[m].n_eff, set.boundary_index, medium->outline(), is_held(m)));
            }
            if (z == 0.0 && !set.modes.empty()) note_peak(set.modes[0].psi);
            if (places_.size() == 1) break;
        }
        mode_found_ = mode_found_ || room;
        return room;
    }
    [[nodiscard]] int launched() const {
        int number = 0;
        if (params_.propagation)
            for (const LaunchPart& part : params_.propagation->launch)
                if (const auto* mode = std::get_if<ModeLight>(&part.light)) number = std::max(number, mode->number);
        return number;
    }
    [[nodiscard]] bool travels() const { return params_.propagation || !params_.coupling.ports.empty(); }
    [[nodiscard]] int count() const { return travels() ? launched() + 1 : params_.modes.count; }
    /// Whether a mode's tail has to be held wherever it goes.
    [[nodiscard]] bool is_held(std::size_t number) const {
        return number == 0 || (travels() && number == static_cast<std::size_t>(launched()));
    }
    /// The modes on a trial grid; none where they are not found there.
    [[nodiscard]] modes::ModeSet surveyed(const LightSection& light, const Medium& medium, double z) const {
        try {
            return light.survey(z == 0.0 ? light.seen_section() : light.seen_section(medium, z), count());
        } catch (const Error& error) {
            if (error.kind() != Failure::numerical) throw;
            return {};
        }
    }
    /// `at_walls`: the largest index on the walls, where a film leads light sideways.
    [[nodiscard]] Room room_of(double n_eff, double at_walls, const MediumOutline& outline, bool held) const {
        const double most = held ? farthest_room : farther_modes;
        const auto tail = [&](double n_out) {
            const double gamma = k0() * std::sqrt(std::max(n_eff * n_eff - n_out * n_out, 1e-12));
            return std::clamp(-0.5 * std::log(left_out) / gamma, wavelength_, most);
        };
        const double n_out = outline.background_index;
        Room room{tail(std::max(n_out, at_walls)), tail(n_out), 0.0};
        // Where a bend lets the tail go.
        const double caustic = params_.coupling.motion.path.smallest_radius() * (n_eff / n_out - 1.0);
        if (travels() && caustic < 2.0 * room.sides) room.sides = std::max(room.sides, caustic + wavelength_);
        if (params_.medium.cover.kind == medium::Cover::Kind::none)
            room.top = tail(n_out);
        else if (!outline.dark_cover)
            room.top = tail(params_.medium.cover.material.index(wavelength_).real());
        return room;
    }
    void note_peak(const Field<double>& psi) {
        const auto at = std::max_element(psi.values.begin(), psi.values.end(),
                                         [](double a, double b) { return std::abs(a) < std::abs(b); });
        peak_y_ = psi.grid.y.at(static_cast<int>((at - psi.values.begin()) / psi.grid.x.count));
    }

    /// Adds the light of ports and files.
    void take_light(Window& inner) const {
        const auto take_port = [&](const PortParams& port, const PlacementParams& at, double moved) {
            const OffsetParams& offset = at.offset;
            const double r = port_radii * reach_of(port, at),
                         x = at.axis_x.value_or(0.5 * (inner.left + inner.right) + moved) - moved +
                             (offset.x.sought ? 0.0 : offset.x.value),
                         y = offset.y.sought ? peak_y_ : offset.y.value;
            take(inner, {x - r, x + r, y - r, params_.open.top ? y + r : std::min(y + r, inner.top)});
        };
        // The path is added to all of it afterwards.
        const GuidePath& path = params_.coupling.motion.path;
        const double moved = path.center(params_.coupling.length) - path.center(0.0);
        for (const PortCoupling& port : params_.coupling.ports)
            take_port(port.to, port.placement, port.at == End::input ? 0.0 : moved);
        if (!params_.propagation) return;
        for (const LaunchPart& part : params_.propagation->launch) {
            if (const auto* port = std::get_if<PortLight>(&part.light)) take_port(port->port, port->placement, 0.0);
            if (const auto* stored = std::get_if<StoredLight>(&part.light))
                for (const io::StoredField& field : stored->fields) take_stored(inner, field);
        }
    }
    /// 1/e radius of a port's field at the facet of the guide.
    [[nodiscard]] double reach_of(const PortParams& port, const PlacementParams& at) const {
        const double focus = std::abs(at.focus) + 1.5 * at.gap;
        if (const auto* fiber = std::get_if<FiberPort>(&port)) {
            const double a = fiber->fiber.core_radius;
            return a * std::hypot(1.0, focus * wavelength_ / (pi * 1.5 * a * a));
        }
        if (const auto* wire = std::get_if<WirePort>(&port)) return std::max(wire->width, wire->height);
        const auto& gaussian = std::get<GaussianPort>(port);
        const double w = 0.5 * std::max(gaussian.mfd_x, gaussian.mfd_y);
        const double least = 0.5 * std::min(gaussian.mfd_x, gaussian.mfd_y);
        return w * std::hypot(1.0, focus * wavelength_ / (pi * 1.5 * least * least));
    }
    void take_stored(Window& inner, const io::StoredField& field) const {
        double most = 0.0;
        for (const Complex v : field.values) most = std::max(most, std::norm(v));
        for (std::size_t i = 0; i < field.values.size(); ++i) {
            if (std::norm(field.values[i]) <= stored_share * most) continue;
            const double x = field.x[i % field.x.size()], y = field.y.empty() ? 0.0 : field.y[i / field.x.size()];
            take(inner, {x, x, std::min(y, 0.0), params_.open.top ? std::max(y, 0.0) : std::min(y, inner.top)});
        }
    }

    /// The window whose layers lie outside of what is to be held.
    [[nodiscard]] Window with_layers(Window w) const {
        const auto& p = params_.propagation;
        if (!p || p->edges == propagation::EdgeKind::transparent) return rounded(w);
        const bool open_above = params_.medium.cover.kind == medium::Cover::Kind::none;
        const double width = w.width(), height = w.height(), s = usual_layer_share;
        const double side = p->edge_width.value_or(s * width / (1.0 - 2.0 * s)),
                     below = p->edge_width.value_or(s * height / (1.0 - (open_above ? 2.0 : 1.0) * s));
        return rounded(fixed({w.left - side, w.right + side, w.bottom - below, w.top + (open_above ? below : 0.0)}));
    }
    /// Outwards to a hundredth of its size, for the eye.
    [[nodiscard]] Window rounded(Window w) const {
        const auto unit = [](double size) { return std::pow(10.0, std::floor(std::log10(size)) - 2.0) * 5.0; };
        const double ux = unit(w.width()), uy = is_slab() ? 1.0 : unit(w.height());
        return fixed({std::floor(w.left / ux - 1e-6) * ux, std::ceil(w.right / ux - 1e-6) * ux,
                      std::floor(w.bottom / uy - 1e-6) * uy, std::ceil(w.top / uy - 1e-6) * uy});
    }

    const RunParams& params_;
    std::shared_ptr<const exchange::Exchange> process_;
    double wavelength_;
    std::vector<double> places_;  ///< along z, at which the medium is looked at
    bool mode_found_ = false;
    double peak_y_ = 0.0;  ///< of the fundamental mode
};

}  // namespace

void settle_window(RunParams& params, const std::shared_ptr<const exchange::Exchange>& process,
                   std::vector<std::string>& warnings) {
    if (params.process && !process) return;
    // Under a dark cover the top is a wall close above the surface, whatever the window.
    if (params.open.top && make_medium(params.medium, process, params.wavelengths[0])->outline().dark_cover)
        params.open.top = false;
    if (!params.open.any()) return;
    const kernels::EstimatedPlans estimated;
    const Window window = WindowLayer(params, process).laid(warnings);
    params.laid = params.open;
    params.open = {};
    params.medium.window = params.modes.grid.window = window;
    if (params.propagation) params.propagation->grid.window = window;
}

}  // namespace vitral::stages
