#include "app/stages/coupling.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "app/stages/ports.hpp"
#include "core/inner_product.hpp"
#include "solver/coupling/overlap.hpp"

namespace vitral::stages {
namespace {

/// The coupling at 21 x 21 places about (x0, y0): into the mode ψ, and into what `receiver` stands for.
MisalignmentResult misalignment_map(const MapParams& range, const coupling::Light& light,
                                    const coupling::PortShape& port, double x0, double y0,
                                    const Field<Complex>* receiver) {
    constexpr int steps = 10;  // to either side
    MisalignmentResult map;
    std::vector<double> x, y;
    for (int i = -steps; i <= steps; ++i) {
        map.x.push_back(range.x * i / steps);
        map.y.push_back(range.y * i / steps);
        x.push_back(x0 + map.x.back());
        y.push_back(y0 + map.y.back());
    }
    map.efficiency = coupling::efficiency_map(light, port, x, y);
    if (receiver != nullptr) {
        map.transmission = coupling::efficiency_map({*receiver, light.tail}, port, x, y);
        for (double& value : map.transmission) value *= power(*receiver);
    }
    return map;
}

CouplingResult couple(const PortCoupling& wish, const Port& port, const GuidedMode& mode,
                      const CouplingInputs& inputs) {
    const PropagationResult* propagation = inputs.propagation;
    const coupling::Alignment at = place_port(mode, port, wish.offset, wish.axis_x, inputs.tail);
    CouplingResult r;
    r.at = wish.at == End::input ? "input" : "output";
    r.to = port.name;
    r.kind = wish.kind;
    r.efficiency = at.efficiency;
    r.reflection = port.index ? coupling::facet_reflection(mode.n_eff.real(), *port.index) : 0.0;
    r.loss_dB = coupling::loss_dB(at.efficiency * (1.0 - r.reflection));
    r.offset_x = at.x;
    r.offset_y = at.y;
    r.tolerance_1dB_x = at.tolerance_1dB_x;
    r.tolerance_1dB_y = at.tolerance_1dB_y;
    r.port_mfd = port.mfd;
    r.data_sheet_mfd = port.data_sheet_mfd;
    r.data_sheet_tolerance = port.data_sheet_tolerance;
    if (wish.map) {
        const bool through = wish.at == End::input && propagation != nullptr && propagation->receiver;
        const Field<Complex> psi = as_complex(mode.psi);
        r.misalignment = misalignment_map(*wish.map, {psi, inputs.tail}, port.shape, wish.axis_x + at.x, at.y,
                                          through ? &*propagation->receiver : nullptr);
    }
    return r;
}

const CouplingResult* first_at(const std::vector<CouplingResult>& ports, const char* end) {
    const auto found = std::find_if(ports.begin(), ports.end(), [&](const auto& r) { return r.at == end; });
    return found == ports.end() ? nullptr : &*found;
}

}  // namespace

CouplingAnswer find_coupling(const CouplingParams& params, const CouplingInputs& inputs,
                             std::vector<std::string>& warnings) {
    CouplingAnswer answer;
    const PropagationResult* propagation = inputs.propagation;
    for (const PortCoupling& wish : params.ports) {
        const bool at_output = wish.at == End::output;
        if (at_output && inputs.output.empty()) {
            warnings.push_back("the guide has no mode at its output: the coupling there is not computed");
            continue;
        }
        const Port port = make_port(wish.to, inputs.wavelength);
        for (const std::string& name : port.placeholders)
            warnings.push_back(fmt::format("{} of {}: placeholders, estimates without a source", name, port.name));
        const CouplingResult& r =
            answer.ports.emplace_back(couple(wish, port, at_output ? inputs.output[0] : inputs.input, inputs));
        if (at_output && propagation != nullptr && !answer.received) {
            const coupling::Light light{propagation->field, inputs.tail};
            answer.received = coupling::efficiency(light, port.shape, wish.axis_x + r.offset_x, r.offset_y) *
                              power(propagation->field) * (1.0 - r.reflection);
        }
    }
    return answer;
}

std::optional<LinkResult> link_budget(const CouplingParams& params, const CouplingAnswer& answer,
                                      const PropagationResult* propagation) {
    const CouplingResult *in = first_at(answer.ports, "input"), *out = first_at(answer.ports, "output");
    if (in == nullptr || out == nullptr) return {};
    LinkResult link;
    link.budget.emplace_back(fmt::format("{} to glass", in->kind), in->loss_dB);
    if (propagation != nullptr) {
        if (!propagation->transmission || propagation->launched_mode != 0)
            return {};  // of another mode than the budget's
        link.budget.emplace_back("propagation", coupling::loss_dB(*propagation->transmission));
    }
    link.budget.emplace_back(fmt::format("glass to {}", out->kind), out->loss_dB);
    for (const auto& [unused, loss] : link.budget) link.loss_dB += loss;
    if (answer.received && params.launched_by_input)
        link.full_field_loss_dB = coupling::loss_dB(*answer.received * (1.0 - in->reflection));
    return link;
}

}  // namespace vitral::stages
