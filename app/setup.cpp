#include "app/setup.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "app/config/case_rules.hpp"
#include "app/setup_engine.hpp"
#include "app/setup_rules.hpp"
#include "app/stages/resolution.hpp"
#include "core/errors.hpp"
#include "core/units.hpp"

namespace vitral::app {
namespace {

using namespace config;

stages::FormulaParams formula_of(const std::string& text, const std::map<std::string, double>& constants) {
    return {text, constants};
}

constexpr double usual_height = 5e-6;   // of the window above the surface, which matters under no dark cover
constexpr double beside_ions = 20e-6;   // the room for light that a plan counts with before the window is laid
constexpr double process_share = 0.05;  // of the exchange's tolerance per dB of the accuracy
constexpr double usual_window = 50e-6;  // its half width and depth before anything is known

stages::OffsetParams offset_of(const OffsetConfig& offset) {
    return {{offset.x.value, offset.x.is_optimal()}, {offset.y.value, offset.y.is_optimal()}};
}

bool same_port(const PortConfig& a, const PortConfig& b) {
    const auto key = [](const PortConfig& p) {
        const StepIndexConfig fiber = p.step_index.value_or(StepIndexConfig{});
        return std::make_tuple(p.fiber, p.chip, p.gaussian ? p.gaussian->mfd_x : 0.0,
                               p.gaussian ? p.gaussian->mfd_y.value_or(p.gaussian->mfd_x) : 0.0, fiber.core_radius,
                               fiber.core_index, fiber.cladding_index, p.wire.has_value());
    };
    return key(a) == key(b);
}

/// Makes params of a case that has passed all rules.
class Resolver {
public:
    Resolver(const Case& c, records::Library& library)
        : c_(c), library_(library), motion_{c.path()}, guides_(c.guides()) {
        if (c.propagation) motion_.bend = c.propagation->bend;
    }

    stages::RunParams all() {
        stages::RunParams run;
        run.title = c_.title;
        run.wavelengths = c_.wavelengths;
        if (c_.glass) {
            const glass::Glass& glass = library_.glass(c_.glass->name);
            pairs_ = records::exchanged_pairs(glass, c_.process);
            run.process = process(glass);
        }
        run.accuracy_dB = c_.accuracy;
        run.open = {!c_.section.width, !c_.section.depth && !c_.section.slab, !c_.section.height && !c_.section.slab};
        run.medium = medium();
        run.modes = modes();
        if (c_.propagation) run.propagation = propagation();
        run.coupling = coupling();
        const auto& ports = run.coupling.ports;
        if (run.propagation &&
            std::any_of(ports.begin(), ports.end(), [](const auto& port) { return port.is_launched; }))
            for (const stages::PortCoupling& port : ports)
                if (port.at == stages::End::output && !run.propagation->receiver)
                    run.propagation->receiver = stages::ReceiverParams{port.to, port.placement};
        warn_about_estimates();
        run.warnings = std::move(warnings_);
        return run;
    }

private:
    stages::ProcessParams process(const glass::Glass& glass) {
        stages::ProcessParams p;
        p.pairs = pairs_;
        p.cation_density = glass.cation_density;
        p.thermal_conductivity = glass.thermal_conductivity;
        if (c_.mask) {
            for (const GuideConfig& guide : c_.mask->guides) p.openings.push_back({guide.x, guide.width});
            p.mask = {c_.mask->material, c_.mask->potential, c_.mask->contact_resistance};
        }
        p.thickness = c_.glass->thickness;
        p.tolerance = c_.numerics.process_tolerance.value_or(std::clamp(process_share * c_.accuracy, 4e-7, 0.05));
        p.recipe = c_.process;
        for (RecipeStep& step : p.recipe) step.melt.clear();  // it documents
        const exchange::IonReach reach = exchange::ion_reach(p);
        p.width = c_.section.width.value_or(2.0 * reach.half_width);
        p.depth = c_.section.depth.value_or(reach.depth);
        ions_ = {-0.5 * p.width, 0.5 * p.width, -p.depth, 0.0};
        warn_about_glass(glass);
        for (const glass::IonPair& pair : pairs_) warn_about_ion(glass, pair);
        return p;
    }

    stages::MediumParams medium() {
        stages::MediumParams m;
        m.window = window();
        m.slab = c_.section.slab;
        if (c_.glass)
            m.source = stages::ExchangedParams{library_.glass(c_.glass->name), pairs_,
                                               c_.section.resolution.value_or(stages::usual_resolution)};
        else
            m.source = formula_of(c_.index->formula, c_.index->constants);
        if (!m.slab && c_.section.cover != "none")
            m.cover = {medium::Cover::Kind::material, material(c_.section.cover)};
        if (!c_.index) return m;
        for (const BoxConfig& box : c_.index->boxes)
            m.boxes.push_back(
                {box.name, box.x, box.width, box.bottom.value_or(0.0), box.height.value_or(0.0), material(box.index)});
        return m;
    }

    /// The window of [section]; what that leaves open is laid around the light later on. A slab has no height.
    [[nodiscard]] Window window() const {
        const SectionConfig& s = c_.section;
        const bool known = c_.glass.has_value();
        const double half = s.width ? 0.5 * *s.width : known ? ions_.right + beside_ions : usual_window;
        if (s.slab) return {-half, half, 0.0, 0.0};
        return {-half, half,
                s.depth ? -*s.depth
                : known ? ions_.bottom - beside_ions
                        : -usual_window,
                s.height.value_or(usual_height)};
    }

    stages::GridParams grid() const {
        return {window(), c_.section.slab, c_.section.resolution, c_.field_axis(), word_of(c_.polarization)};
    }

    stages::ModesParams modes() const {
        using Solver = stages::ModesParams::Solver;
        stages::ModesParams m;
        m.grid = grid();
        const ModeSolver solver = c_.mode_solver();
        m.solver = solver == ModeSolver::scalar        ? Solver::grid
                   : solver == ModeSolver::full_vector ? Solver::vector_elements
                                                       : Solver::scalar_elements;
        m.solver_word = word_of(solver);
        m.count = c_.modes.count;
        m.accuracy = c_.modes.accuracy.value_or(m.accuracy);
        m.near = c_.modes.near;
        m.bend_radius = c_.modes.bend_radius;
        m.dispersion = c_.modes.dispersion;
        m.sensitivities = c_.modes.sensitivities;
        m.error_bars = c_.numerics.error_bars;
        m.continued = c_.wavelengths.size() > 1;
        m.on_light_grid = c_.propagation || !c_.coupling.empty();
        return m;
    }

    stages::PropagationParams propagation() {
        const PropagationConfig& wish = *c_.propagation;
        stages::PropagationParams p;
        p.grid = grid();
        p.motion = motion_;
        p.axis_x = c_.axis_x(config::End::input);
        p.length = c_.length();
        p.engine = engine_wishes(wish);
        p.chooses_order = wish.order == automatic;
        p.step = wish.step;
        p.exact_phases = p.chooses_order;
        p.tolerance_dB = wish.tolerance.value_or(c_.accuracy);
        p.reference_index = wish.reference_index;
        for (const auto kind : {propagation::EdgeKind::absorber, propagation::EdgeKind::matched_layer,
                                propagation::EdgeKind::transparent})
            if (propagation::word_of(kind) == wish.edges) p.edges = kind;
        p.precision = wish.precision == propagation::word_of(propagation::Precision::single_precision)
                          ? propagation::Precision::single_precision
                          : propagation::Precision::double_precision;
        p.edge_width = wish.absorber;
        p.grading = wish.grading;
        p.records = wish.records;
        if (wish.launch.superposition.empty()) p.launch.push_back(launch_part(wish.launch, 1.0, 0.0));
        for (const LaunchTerm& term : wish.launch.superposition)
            p.launch.push_back(launch_part(term.light, term.amplitude, term.phase));
        for (const WatchConfig& watch : wish.watch) {
            const Case::NamedGuide* guide = guide_called(watch.guide);
            p.watch.push_back({watch.name, guide ? std::optional(guide->end_x) : std::nullopt,
                               formula_of(watch.formula, watch.constants), watch.mode});
        }
        if (wish.local_modes) {
            const LocalModesConfig& m = *wish.local_modes;
            p.local_modes.emplace();
            for (int i = 0; m.from && i < m.count; ++i)
                p.local_modes->push_back(*m.from + (*m.to - *m.from) * i / (m.count - 1));
        }
        p.error_bars = c_.numerics.error_bars;
        p.maps_input = c_.maps_input();
        return p;
    }

    stages::LaunchPart launch_part(const LaunchConfig& light, double amplitude, double phase) {
        stages::LaunchPart part;
        part.tilt_x = light.tilt_x, part.tilt_y = light.tilt_y;
        part.amplitude = amplitude, part.phase = phase;
        if (light.mode) {
            stages::ModeLight mode{static_cast<int>(*light.mode), {}};
            if (!light.formula.empty()) mode.of = formula_of(light.formula, light.constants);
            part.light = std::move(mode);
        } else if (!light.file.empty()) {
            part.light = stored_light(light);
        } else {
            const CouplingConfig* beside = input_coupling(light);
            stages::PlacementParams place =
                placement(config::End::input,
                          !light.guide.empty() ? light.guide
                          : beside             ? beside->guide
                                               : "",
                          light.offset ? *light.offset : (beside && beside->offset ? *beside->offset : OffsetConfig{}));
            place.focus = light.focus;
            if (beside) {
                add_gap(place, *beside);
                part.tilt_x = light.tilt_x != 0.0 ? light.tilt_x : beside->tilt_x.value_or(0.0);
                part.tilt_y = light.tilt_y != 0.0 ? light.tilt_y : beside->tilt_y.value_or(0.0);
            }
            place.tilt_x = part.tilt_x, place.tilt_y = part.tilt_y;
            part.light = stages::PortLight{port(light.port), std::move(place)};
        }
        return part;
    }

    /// The coupling at the input to the port that launches.
    const CouplingConfig* input_coupling(const LaunchConfig& light) const {
        for (const CouplingConfig& coupling : c_.coupling)
            if (coupling.at == config::End::input && same_port(coupling.to, light.port)) return &coupling;
        return nullptr;
    }

    const Case::NamedGuide* guide_called(const std::string& name) const {
        for (const Case::NamedGuide& guide : guides_)
            if (guide.name == name) return &guide;
        return nullptr;
    }

    /// A port at its offset from the axis of a guide. Of a mask's several guides it belongs to the one that is named, or that it
    /// stands at.
    stages::PlacementParams placement(config::End end, const std::string& name, const OffsetConfig& offset) {
        stages::PlacementParams p;
        p.offset = offset_of(offset);
        const bool is_length = offset.x.kind == PlaceConfig::Kind::length;
        const Case::NamedGuide* guide = guide_called(name);
        const bool of_mask = c_.mask.has_value();
        if (!guide && of_mask && guides_.size() == 1) guide = &guides_[0];
        if (!guide && of_mask && guides_.size() > 1) {
            constexpr double beside = 20e-6;  // a guide's light and a port's reach no farther
            const auto distance = [&](const Case::NamedGuide& g) { return std::abs(g.at(end) - offset.x.value); };
            const auto nearest = std::min_element(guides_.begin(), guides_.end(), [&](const auto& a, const auto& b) {
                return distance(a) < distance(b);
            });
            if (is_length && distance(*nearest) < beside) {
                p.guide = nearest->name;
                p.guide_x = nearest->at(end);
                p.axis_x = 0.0;
                return p;
            }
            guide = &guides_[0];
            warnings_.push_back(fmt::format(
                "a port at the {} names none of the mask's {} guides{}: it is placed at \"{}\"; the key "
                "`guide` names another",
                end == config::End::input ? "input" : "output", guides_.size(),
                is_length ? fmt::format(" and stands at none of them, x = {:g} um", offset.x.value * 1e6) : "",
                guide->name));
        }
        if (guide) {
            if (guides_.size() > 1 || !name.empty()) p.guide = guide->name;
            p.guide_x = p.axis_x = guide->at(end);
            return p;
        }
        // A formula whose guides have no names: x counts from its own x = 0, moved along its path.
        if (offset.x.kind == PlaceConfig::Kind::guide) return p;
        p.axis_x = c_.axis_x(end);
        if (is_length) p.guide_x = *p.axis_x + offset.x.value;
        return p;
    }

    void add_gap(stages::PlacementParams& p, const CouplingConfig& wish) {
        p.gap = wish.gap;
        if (wish.gap > 0.0) p.medium = library_.material(wish.medium);
    }

    stages::StoredLight stored_light(const LaunchConfig& light) const {
        stages::StoredLight stored{light.file, false, {}};
        const std::filesystem::path file = c_.folder / light.file;
        if (!std::filesystem::is_regular_file(file)) throw Error(Failure::input_file, "cannot be read", file.string());
        const std::size_t count = light.dataset.empty() ? c_.wavelengths.size() : 1;
        for (std::size_t w = 0; w < count; ++w) {
            const std::string dataset =
                light.dataset.empty() ? fmt::format("/propagation/w{}/field", w) : light.dataset;
            stored.fields.push_back(io::read_foreign_field(file, dataset));
            const io::StoredField& field = stored.fields.back();
            stored.keeps_power = field.power_is_known;
            // A results file knows the wavelength of what it holds.
            for (std::size_t k = w; k < (light.dataset.empty() ? w + 1 : c_.wavelengths.size()); ++k)
                if (field.wavelength && std::abs(*field.wavelength / c_.wavelengths[k] - 1.0) > 1e-9)
                    throw Error(Failure::input_file,
                                fmt::format("{} is light of {:g} nm, not of {:g} nm", dataset, *field.wavelength * 1e9,
                                            c_.wavelengths[k] * 1e9),
                                light.file);
        }
        return stored;
    }

    stages::CouplingParams coupling() {
        stages::CouplingParams p;
        p.motion = motion_;
        p.length = c_.length();
        p.error_bars = c_.numerics.error_bars;
        bool is_launched = false;  // by one of the ports, as it stands
        if (c_.propagation) p.measured_loss = c_.propagation->loss;
        for (const CouplingConfig& wish : c_.coupling) {
            const LaunchConfig* launch = launch_of(wish);
            const OffsetConfig offset =
                wish.offset ? *wish.offset : (launch && launch->offset ? *launch->offset : OffsetConfig{});
            stages::PortCoupling one;
            one.at = wish.at == config::End::input ? stages::End::input : stages::End::output;
            one.to = port(wish.to);
            one.kind = !wish.to.chip.empty() || wish.to.wire ? "chip" : wish.to.gaussian ? "gaussian" : "fiber";
            one.placement = placement(wish.at, !wish.guide.empty() ? wish.guide : launch ? launch->guide : "", offset);
            add_gap(one.placement, wish);
            one.placement.tilt_x = wish.tilt_x.value_or(launch ? launch->tilt_x : 0.0);
            one.placement.tilt_y = wish.tilt_y.value_or(launch ? launch->tilt_y : 0.0);
            if (launch) one.placement.focus = launch->focus;
            if (wish.tolerance)
                one.map = stages::MapParams{wish.tolerance->x, wish.tolerance->y,
                                            wish.tolerance->tilt_x.value_or(wish.tolerance->tilt_y.value_or(0.0)),
                                            wish.tolerance->tilt_y.value_or(wish.tolerance->tilt_x.value_or(0.0))};
            one.is_launched = launch && !is_launched && stands_as_launched(wish);
            is_launched = is_launched || one.is_launched;
            if (wish.yield) one.yield = yield(*wish.yield, wish);
            add_channels(p.ports, std::move(one), wish);
        }
        if (!is_launched && std::any_of(c_.coupling.begin(), c_.coupling.end(),
                                        [&](const auto& wish) { return launch_of(wish) != nullptr; }))
            warnings_.push_back(
                "the launch stands otherwise than the [[coupling]] of the same port at the input: the link budget is "
                "that of the [[coupling]]");
        return p;
    }

    /// The launch, where it is the light of this port at the input and of nothing else.
    const LaunchConfig* launch_of(const CouplingConfig& wish) const {
        if (!c_.propagation || wish.at != config::End::input) return nullptr;
        const LaunchConfig& launch = c_.propagation->launch;
        return port_count(launch.port) == 1 && same_port(launch.port, wish.to) ? &launch : nullptr;
    }
    /// Whether no key of the launch and of the port's coupling contradicts the other.
    bool stands_as_launched(const CouplingConfig& wish) const {
        const LaunchConfig& launch = c_.propagation->launch;
        const auto same_place = [](const PlaceConfig& a, const PlaceConfig& b) {
            return a.kind == b.kind && a.value == b.value;
        };
        const bool same_offset =
            !launch.offset || !wish.offset ||
            (same_place(launch.offset->x, wish.offset->x) && same_place(launch.offset->y, wish.offset->y));
        const auto same_tilt = [](std::optional<double> of_port, double of_light) {
            return !of_port || of_light == 0.0 || *of_port == of_light;
        };
        return same_offset && (launch.guide.empty() || wish.guide.empty() || launch.guide == wish.guide) &&
               same_tilt(wish.tilt_x, launch.tilt_x) && same_tilt(wish.tilt_y, launch.tilt_y);
    }

    [[nodiscard]] static stages::YieldWish yield(const YieldConfig& y, const CouplingConfig& wish) {
        stages::YieldWish out;
        out.spread = {wish.array ? wish.array->count : 1,
                      wish.array ? wish.array->pitch : 0.0,
                      y.placement_x,
                      y.placement_y,
                      y.rotation,
                      y.pitch,
                      y.core,
                      y.gap,
                      y.process};
        out.params = {static_cast<std::int64_t>(y.draws), static_cast<std::uint64_t>(y.seed), 0.0, y.limit};
        return out;
    }

    /// The port itself, or the ports of an array, each at the guide that is nearest to it.
    void add_channels(std::vector<stages::PortCoupling>& ports, stages::PortCoupling first,
                      const CouplingConfig& wish) {
        if (!wish.array) return ports.push_back(std::move(first));
        if (guides_.empty()) {  // all channels are like the first
            first.channel = 0;
            return ports.push_back(std::move(first));
        }
        const double start = first.placement.axis_x.value_or(c_.axis_x(wish.at)) + first.placement.offset.x.value;
        for (int k = 0; k < wish.array->count; ++k) {
            const double x = start + k * wish.array->pitch;
            const auto distance = [&](const Case::NamedGuide& guide) { return std::abs(guide.at(wish.at) - x); };
            const auto nearest = std::min_element(guides_.begin(), guides_.end(), [&](const auto& a, const auto& b) {
                return distance(a) < distance(b);
            });
            // A channel without a guide of its own is like the others, beside the section.
            if (k > 0 && distance(*nearest) > 0.5 * wish.array->pitch) continue;
            stages::PortCoupling& port = ports.emplace_back(first);
            port.channel = k;
            if (k > 0) port.yield.reset(), port.is_launched = false;
            stages::PlacementParams& at = port.placement;
            at.axis_x = at.guide_x = x;
            at.offset.x.value = 0.0;
            at.guide = nearest->name;
            at.axis_x = at.guide_x = nearest->at(wish.at);
            at.offset.x.value = x - nearest->at(wish.at);
        }
    }

    stages::PortParams port(const PortConfig& config) {
        if (config.gaussian) {
            const GaussianConfig& g = *config.gaussian;
            return stages::GaussianPort{"gaussian", g.mfd_x, g.mfd_y.value_or(g.mfd_x), g.index};
        }
        if (config.step_index) {
            const StepIndexConfig& f = *config.step_index;
            const double squared = std::pow(f.core_index, 2);
            return stages::FiberPort{{"step-index fiber",
                                      f.core_radius,
                                      (squared - std::pow(f.cladding_index, 2)) / (2.0 * squared),
                                      {glass::DispersionFormula::constant, {f.cladding_index}, 0.0, 1.0},
                                      {}}};
        }
        if (config.wire) {
            const WireConfig& w = *config.wire;
            return stages::WirePort{w.width, w.height, material(w.core), material(w.cladding),
                                    material(w.below.empty() ? w.cladding : w.below)};
        }
        if (config.chip.empty()) return stages::FiberPort{library_.fiber(config.fiber)};
        const records::ChipRecord& chip = library_.chip(config.chip);
        count_values(chip.name, {"mode"},
                     chip.is_estimate ? std::vector<std::string>{"mode"} : std::vector<std::string>{},
                     [](const auto&) { return true; });
        return stages::GaussianPort{chip.name, chip.mfd_x, chip.mfd_y, chip.index};
    }

    glass::Material material(const std::string& name) {
        if (!records::as_number(name))
            for (const std::string& remark : library_.glass(name).remarks) warnings_.push_back(remark);
        return library_.material(name);
    }

    template <typename Test>
    bool any_step(Test&& test) const {
        return std::any_of(c_.process.begin(), c_.process.end(), test);
    }
    [[nodiscard]] bool has_field() const {
        return any_step([](const auto& s) { return s.has_field(); });
    }
    [[nodiscard]] bool has_voltage() const {
        return any_step([](const auto& s) { return s.voltage.is_set(); });
    }
    /// Counts the values of a record that the run rests on, each once, and those of them that are estimates.
    template <typename Used>
    void count_values(const std::string& of, const std::vector<std::string>& stated,
                      const std::vector<std::string>& placeholders, Used&& is_used) {
        if (std::find(counted_.begin(), counted_.end(), of) != counted_.end()) return;
        counted_.push_back(of);
        values_ += std::count_if(stated.begin(), stated.end(), is_used);
        for (const std::string& name : placeholders)
            if (is_used(name)) estimates_.push_back(fmt::format("{} of {}", name, of));
    }

    /// One line for all of them.
    void warn_about_estimates() {
        if (estimates_.empty()) return;
        std::string list;
        for (const std::string& name : estimates_) list += (list.empty() ? "" : ", ") + name;
        warnings_.push_back(
            fmt::format("{} of {} values from the records are estimates without a source ({}): `vitral "
                        "materials {}` says more",
                        estimates_.size(), values_, list, c_.glass ? c_.glass->name : std::string("NAME")));
    }

    /// The values that a run rests on and that nobody has measured.
    void warn_about_glass(const glass::Glass& glass) {
        const bool counts_ions = any_step([](const auto& s) {
            return s.current.is_set() || s.current_density.is_set() || s.film_thickness > 0.0 ||
                   s.melt_depth.has_value();
        });
        for (const std::string& remark : glass.remarks) warnings_.push_back(remark);
        count_values(glass.name, glass.stated, glass.placeholders, [&](const std::string& name) {
            return (name == "cation_density" && (counts_ions || has_field())) ||
                   (name == "thermal_conductivity" && has_field()) || name == "absorption" || name == "index";
        });
        if (pairs_.size() < 2) return;
        const double T = c_.process[0].temperature(0.0), first = pairs_[0].D_B(T), second = pairs_[1].D_B(T);
        if (std::abs(first / second - 1.0) > 0.01)
            warnings_.push_back(
                fmt::format("the records of {} and {} in {} give sodium different diffusivities ({:.2g} and {:.2g} "
                            "m^2/s); that of {} "
                            "is taken, so that {} moves with M = {:.3g}",
                            pairs_[0].ion, pairs_[1].ion, glass.name, first, second, pairs_[0].ion, pairs_[1].ion,
                            pairs_[1].D_A(T) / first));
    }

    void warn_about_ion(const glass::Glass& glass, const glass::IonPair& pair) {
        const bool has_melt = any_step([](const auto& s) { return s.melt_fraction.has_value(); });
        count_values(pair.ion, pair.stated, pair.placeholders, [&](const std::string& name) {
            return (name != "haven" || has_voltage()) && (name != "melt" || has_melt);
        });
        for (const auto& step : c_.process)
            for (const auto& [time, temperature] : step.temperature.points)
                if (temperature < pair.lowest_temperature || temperature > pair.highest_temperature)
                    warnings_.push_back(fmt::format(
                        "the diffusivity of {} in {} was measured from {:g} to {:g} degC; a step at {:g} degC "
                        "extrapolates it",
                        pair.ion, glass.name, pair.lowest_temperature - celsius(0.0),
                        pair.highest_temperature - celsius(0.0), temperature - celsius(0.0)));
    }

    const Case& c_;
    records::Library& library_;
    Motion motion_;
    std::vector<Case::NamedGuide> guides_;
    std::vector<glass::IonPair> pairs_;
    Window ions_;  ///< as far as they get
    std::vector<std::string> warnings_;
    std::ptrdiff_t values_ = 0;                     ///< from records, that the run rests on
    std::vector<std::string> counted_, estimates_;  ///< records whose values were counted, and those that are estimates
};

}  // namespace

propagation::EngineWishes engine_wishes(const PropagationConfig& p) {
    propagation::EngineWishes wishes;
    if (p.method != automatic) wishes.emplace_back("method", p.method);
    if (p.order != automatic) wishes.emplace_back("order", p.order);
    if (p.splitting) wishes.emplace_back("splitting", *p.splitting);
    wishes.emplace_back("precision", p.precision);
    wishes.emplace_back("edges", p.edges);
    if (p.grading > 1.0) wishes.emplace_back("grading", "yes");
    return wishes;
}

const Schema<Case>& case_schema() {
    static const Schema<Case> schema = make_case_schema(
        {propagation::words_of("method"), propagation::words_of("order"), propagation::words_of("splitting"),
         propagation::words_of("precision"), propagation::words_of("edges")});
    return schema;
}

stages::RunParams resolve(const Case& c, records::Library& library) { return Resolver(c, library).all(); }

std::string resolved_config(const Case& c) { return dump_text(case_schema().resolved(c), 2); }

}  // namespace vitral::app
