#include "app/records/glass_record.hpp"

#include <algorithm>

#include "app/config/config_document.hpp"
#include "app/records/record_origin.hpp"
#include "app/records/refractive_index_file.hpp"
#include "core/errors.hpp"

namespace vitral::records {
namespace {

using glass::CompositionLaw;
using glass::Confidence;
using glass::DispersionFormula;
using namespace config;

struct IndexRecord : Origin {
    DispersionFormula formula = DispersionFormula::constant;
    std::vector<double> coefficients, range;
    std::string file;
};
struct ValueRecord : Origin {
    double value = 0.0;
};
struct RatioRecord : Origin {
    double value = 1.0, activation_energy = 0.0, at = 573.15;
};
struct DiffusivityRecord : Origin {
    double prefactor = 0.0, activation_energy = 0.0;
    std::vector<double> range;
};
struct TableRecord : Origin {  // values over wavelengths
    std::vector<double> wavelengths, values;
};
struct CompositionRecord : Origin {
    glass::Composition composition;
    double thermodynamic_factor = 1.0;
};
struct MeltRecord : Origin {
    double equilibrium_constant = 0.0, interaction = 0.0;
};
struct StressRecord : Origin {
    double stress = 0.0, C1 = 0.0, C2 = 0.0;
};
struct PairRecord {
    std::string ion;
    DiffusivityRecord diffusivity;
    RatioRecord mobility_ratio;
    ValueRecord haven;
    TableRecord index_change;
    std::optional<CompositionRecord> composition;
    std::optional<MeltRecord> melt;
    std::optional<StressRecord> stress;
    std::optional<ValueRecord> excess_absorption;
};
struct GlassRecord {
    std::string name, description;
    IndexRecord index;
    std::optional<ValueRecord> transition_temperature, cation_density, thermal_conductivity;
    std::optional<TableRecord> absorption;
    std::vector<PairRecord> exchange;
};

/// A number with its origin, of one dimension.
Schema<ValueRecord> value_schema(const char* key, Dimension dimension, const char* help) {
    return Schema<ValueRecord>(
        key, with_origin<ValueRecord>({quantity("value", &ValueRecord::value, dimension, positive(), help).require()}));
}

const Schema<IndexRecord>& index_schema() {
    static const Schema<IndexRecord> schema =
        Schema<IndexRecord>(
            "[index]",
            with_origin<IndexRecord>(
                {choice("formula", &IndexRecord::formula,
                        {{"constant", DispersionFormula::constant},
                         {"sellmeier", DispersionFormula::sellmeier},
                         {"sellmeier-squared", DispersionFormula::sellmeier_squared},
                         {"polynomial-squared", DispersionFormula::polynomial_squared},
                         {"two-resonances", DispersionFormula::two_resonances},
                         {"polynomial", DispersionFormula::polynomial},
                         {"gases", DispersionFormula::gases},
                         {"herzberger", DispersionFormula::herzberger},
                         {"retro", DispersionFormula::retro},
                         {"exotic", DispersionFormula::exotic},
                         {"table", DispersionFormula::table}},
                        "Dispersion law: constant, table (wavelength, index, wavelength, index, ...), or one of the "
                        "formulas 1 "
                        "(sellmeier) to 9 (exotic) of refractiveindex.info, in its order."),
                 numbers("coefficients", &IndexRecord::coefficients,
                         "Coefficients of the law, for the wavelength in micrometres."),
                 quantities("range", &IndexRecord::range, Dimension::length, positive(),
                            "Shortest and longest wavelength for which the law holds."),
                 text("file", &IndexRecord::file,
                      "A page of refractiveindex.info (YAML), in place of formula, coefficients and range.")}))
            .check([](const IndexRecord& r, const config::ConfigNode& node, config::Diagnostics& d) {
                if (!r.file.empty()) {
                    if (node.find("formula") || node.find("coefficients") || node.find("range"))
                        d.error(node.span, "[index] a file stands in place of formula, coefficients and range");
                    return;
                }
                for (const char* key : {"formula", "coefficients", "range"})
                    if (!node.find(key)) d.error(node.span, fmt::format("[index] the key \"{}\" is missing", key));
                if (!node.find("range") || !node.find("coefficients")) return;
                if (r.range.size() != 2 || !(r.range[0] < r.range[1]))
                    d.error(node.span, "[index] range takes the shortest and the longest wavelength");
                if (r.coefficients.empty()) d.error(node.span, "[index] coefficients: at least one is expected");
                if (r.formula == DispersionFormula::table && (r.coefficients.size() < 4 || r.coefficients.size() % 2))
                    d.error(node.span, "[index] a table takes pairs of wavelength and index, at least two");
                const bool pairs = r.formula == DispersionFormula::sellmeier ||
                                   r.formula == DispersionFormula::sellmeier_squared ||
                                   r.formula == DispersionFormula::polynomial_squared ||
                                   r.formula == DispersionFormula::polynomial || r.formula == DispersionFormula::gases;
                if (pairs && r.coefficients.size() % 2 != 1)
                    d.error(node.span, "[index] coefficients: one, and then pairs");
            });
    return schema;
}

const Schema<CompositionRecord>& composition_schema() {
    static const Schema<glass::Composition> dependence =
        Schema<glass::Composition>(
            "dependence", {choice("law", &glass::Composition::law,
                                  {{"constant", CompositionLaw::constant},
                                   {"exponential", CompositionLaw::exponential},
                                   {"mixed-alkali", CompositionLaw::mixed_alkali},
                                   {"table", CompositionLaw::table}},
                                  "How the interdiffusion coefficient depends on C.")
                               .require(),
                           number("beta", &glass::Composition::beta, between(-20.0, 20.0),
                                  "Law exponential: the interdiffusion coefficient is D_A exp(beta C)."),
                           number("b_A", &glass::Composition::b_A, between(-20.0, 20.0),
                                  "Law mixed-alkali: the incoming ion diffuses with D_A exp(b_A C)."),
                           number("b_B", &glass::Composition::b_B, between(-20.0, 20.0),
                                  "Law mixed-alkali: the own ion of the glass diffuses with D_B exp(-b_B C)."),
                           numbers("concentrations", &glass::Composition::concentrations,
                                   "Law table: fractions C, ascending from 0 to 1."),
                           numbers("factors", &glass::Composition::factors,
                                   "Law table: interdiffusion coefficient divided by D_A at these fractions.")})
            .check([](const glass::Composition& c, const config::ConfigNode& node, config::Diagnostics& d) {
                const auto& x = c.concentrations;
                if (c.law == CompositionLaw::table &&
                    (x.size() < 2 || x.size() != c.factors.size() || x.front() != 0.0 || x.back() != 1.0 ||
                     !std::is_sorted(x.begin(), x.end(), std::less_equal<>()) ||
                     std::any_of(c.factors.begin(), c.factors.end(), [](double f) { return !(f > 0.0); })))
                    d.error(node.span,
                            "a table takes as many positive factors as concentrations, ascending from 0 to 1");
            });
    static const Schema<CompositionRecord> schema(
        "composition",
        with_origin<CompositionRecord>(
            {table("dependence", &CompositionRecord::composition, dependence,
                   "Dependence of the interdiffusion coefficient on the fraction C of the incoming ion."),
             number("thermodynamic_factor", &CompositionRecord::thermodynamic_factor, between(0.1, 10.0),
                    "Thermodynamic factor n = d ln a/d ln C, a being the activity of the ion. It multiplies the "
                    "interdiffusion "
                    "coefficient and shapes the equilibrium with the melt.")}));
    return schema;
}

/// A table of one number per wavelength.
Schema<TableRecord> over_wavelengths(const char* name, Row<TableRecord> values) {
    return Schema<TableRecord>(
               name, with_origin<TableRecord>({quantities("wavelengths", &TableRecord::wavelengths, Dimension::length,
                                                          positive(), "Wavelengths, ascending.")
                                                   .require(),
                                               std::move(values)}))
        .check([name](const TableRecord& r, const config::ConfigNode& node, config::Diagnostics& d) {
            if (r.wavelengths.size() != r.values.size() || r.wavelengths.empty() ||
                !std::is_sorted(r.wavelengths.begin(), r.wavelengths.end(), std::less_equal<>()))
                d.error(node.span, std::string(name) + ": as many values as ascending wavelengths are expected");
        });
}

const Schema<DiffusivityRecord>& diffusivity_schema() {
    static const Schema<DiffusivityRecord> schema =
        Schema<DiffusivityRecord>(
            "diffusivity", with_origin<DiffusivityRecord>(
                               {quantity("prefactor", &DiffusivityRecord::prefactor, Dimension::diffusivity, positive(),
                                         "D_0 of the Arrhenius law D_A = D_0 exp(-Ea/RT).")
                                    .require(),
                                quantity("activation_energy", &DiffusivityRecord::activation_energy,
                                         Dimension::molar_energy, between(0.0, 1e7), "Ea of the Arrhenius law.")
                                    .require(),
                                quantities("range", &DiffusivityRecord::range, Dimension::temperature, positive(),
                                           "Lowest and highest temperature of the measurement.")
                                    .require()}))
            .check([](const DiffusivityRecord& r, const config::ConfigNode& node, config::Diagnostics& d) {
                if (r.range.size() != 2 || !(r.range[0] < r.range[1]))
                    d.error(node.span, "diffusivity: range takes the lowest and the highest temperature");
            });
    return schema;
}

/// What the record says of one ion that can be exchanged into the glass.
const Schema<PairRecord>& pair_schema() {
    static const Schema<ValueRecord> excess =
        value_schema("excess_absorption", Dimension::attenuation, "Power attenuation at full exchange.");
    static const Schema<ValueRecord> haven(
        "haven", with_origin<ValueRecord>(
                     {number("value", &ValueRecord::value, positive(),
                             "Haven factor: tracer diffusion coefficient divided by the one that the mobility implies.")
                          .require()}));
    static const Schema<RatioRecord> ratio(
        "mobility_ratio",
        with_origin<RatioRecord>(
            {number("value", &RatioRecord::value, positive(),
                    "M = D_A/D_B, the diffusivity of the incoming ion divided by that of the own ion.")
                 .require(),
             quantity(
                 "activation_energy", &RatioRecord::activation_energy, Dimension::molar_energy, between(-1e6, 1e6),
                 "Activation energy of M: that of D_A minus that of D_B. Default: M does not depend on temperature."),
             quantity("at", &RatioRecord::at, Dimension::temperature, positive(),
                      "Temperature at which M is given.")}));
    static const Schema<TableRecord> change = over_wavelengths(
        "index_change", numbers("values", &TableRecord::values, "Index change at full exchange.").require());
    static const Schema<MeltRecord> melt(
        "melt", with_origin<MeltRecord>(
                    {number("equilibrium_constant", &MeltRecord::equilibrium_constant, positive(),
                            "Equilibrium constant K of the exchange A(melt) + B(glass) = A(glass) + B(melt).")
                         .require(),
                     quantity("interaction", &MeltRecord::interaction, Dimension::molar_energy, between(-1e5, 1e5),
                              "Interaction energy W of the melt, taken as a regular solution.")}));
    static const Schema<StressRecord> stress(
        "stress",
        with_origin<StressRecord>(
            {quantity("at_full_exchange", &StressRecord::stress, Dimension::pressure, between(-1e11, 1e11),
                      "In-plane stress at full exchange, negative in compression, after relaxation.")
                 .require(),
             quantity("C1", &StressRecord::C1, Dimension::inverse_pressure, {},
                      "Stress-optic coefficient along the stress.")
                 .require(),
             quantity("C2", &StressRecord::C2, Dimension::inverse_pressure, {}, "Stress-optic coefficient across it.")
                 .require()}));
    static const Schema<PairRecord> schema(
        "[[exchange]]",
        {text("ion", &PairRecord::ion, "Incoming ion.").require(),
         table("diffusivity", &PairRecord::diffusivity, diffusivity_schema(), "Self-diffusion of the incoming ion.")
             .require(),
         table("mobility_ratio", &PairRecord::mobility_ratio, ratio, "M = D_A/D_B.").require(),
         table("haven", &PairRecord::haven, haven, "Haven factor.").require(),
         table("index_change", &PairRecord::index_change, change, "Index change at full exchange.").require(),
         table("composition", &PairRecord::composition, composition_schema(), "Dependence of D on the composition."),
         table("melt", &PairRecord::melt, melt, "Equilibrium with a nitrate melt, for process.melt_fraction."),
         table("stress", &PairRecord::stress, stress, "Stress of the exchanged layer, for its birefringence."),
         table("excess_absorption", &PairRecord::excess_absorption, excess,
               "Absorption in proportion to the concentration of the ion.")});
    return schema;
}

const Schema<GlassRecord>& glass_schema() {
    static const Schema<ValueRecord> transition = value_schema("transition_temperature", Dimension::temperature,
                                                               "Glass transition."),
                                     density = value_schema("cation_density", Dimension::number_density,
                                                            "Number of exchangeable ions per volume."),
                                     conductivity =
                                         value_schema("thermal_conductivity", Dimension::thermal_conductivity,
                                                      "Thermal conductivity at the temperature of the process.");
    static const Schema<TableRecord> absorption = over_wavelengths(
        "absorption",
        quantities("values", &TableRecord::values, Dimension::attenuation, between(0.0, 1e5), "Power attenuation.")
            .require());
    static const Schema<GlassRecord> schema(
        "glass",
        {text("name", &GlassRecord::name, "Name.").require(),
         text("description", &GlassRecord::description, "In words."),
         table("index", &GlassRecord::index, index_schema(), "Dispersion.").require(),
         table("transition_temperature", &GlassRecord::transition_temperature, transition, "Glass transition."),
         table("cation_density", &GlassRecord::cation_density, density, "Density of exchangeable ions."),
         table("thermal_conductivity", &GlassRecord::thermal_conductivity, conductivity, "Thermal conductivity."),
         table("absorption", &GlassRecord::absorption, absorption, "Absorption of the glass."),
         tables("exchange", &GlassRecord::exchange, pair_schema(),
                "The ions that can be exchanged into the glass, one table each.")});
    return schema;
}

glass::IonPair pair_of(const PairRecord& r) {
    glass::IonPair pair;
    pair.ion = r.ion;
    pair.D_A0 = r.diffusivity.prefactor;
    pair.activation_energy = r.diffusivity.activation_energy;
    pair.lowest_temperature = r.diffusivity.range[0];
    pair.highest_temperature = r.diffusivity.range[1];
    pair.M = r.mobility_ratio.value;
    pair.M_energy = r.mobility_ratio.activation_energy;
    pair.reference_temperature = r.mobility_ratio.at;
    pair.haven = r.haven.value;
    pair.wavelengths = r.index_change.wavelengths;
    pair.index_changes = r.index_change.values;
    const auto note = [&](const char* name, const Origin& origin) {
        pair.stated.emplace_back(name);
        if (origin.confidence == Confidence::placeholder) pair.placeholders.emplace_back(name);
    };
    note("diffusivity", r.diffusivity);
    note("mobility_ratio", r.mobility_ratio);
    note("haven", r.haven);
    note("index_change", r.index_change);
    if (r.composition) {
        pair.composition = r.composition->composition;
        pair.thermodynamic_factor = r.composition->thermodynamic_factor;
        note("composition", *r.composition);
    }
    if (r.melt) {
        pair.equilibrium_constant = r.melt->equilibrium_constant;
        pair.melt_interaction = r.melt->interaction;
        note("melt", *r.melt);
    }
    if (r.stress) {
        pair.stress = r.stress->stress;
        pair.C1 = r.stress->C1;
        pair.C2 = r.stress->C2;
        note("stress", *r.stress);
    }
    if (r.excess_absorption) {
        pair.excess_absorption = r.excess_absorption->value;
        note("excess_absorption", *r.excess_absorption);
    }
    return pair;
}

GlassRecord read_record(const std::string& name, const std::string& text) {
    config::Diagnostics diagnostics;
    const config::ConfigNode root = config::parse_toml(name, text, diagnostics);
    GlassRecord record;
    if (diagnostics.empty()) glass_schema().read(root, record, diagnostics);
    if (!diagnostics.empty()) throw config::InputError(config::InputError::Kind::file, std::move(diagnostics));
    return record;
}

}  // namespace

glass::Glass parse_glass_record(const std::string& name, const std::string& text, const ReadFile& read) {
    const GlassRecord r = read_record(name, text);
    glass::Glass out;
    if (!r.index.file.empty())
        out = parse_refractive_index(r.index.file, read(r.index.file));
    else
        out.dispersion = {r.index.formula, r.index.coefficients, r.index.range[0], r.index.range[1]};
    out.name = r.name;
    const auto note = [&](const Origin& origin, const char* what) {
        out.stated.emplace_back(what);
        if (origin.confidence == Confidence::placeholder) out.placeholders.emplace_back(what);
    };
    note(r.index, "index");
    const auto value = [&](const std::optional<ValueRecord>& record, const char* what, std::optional<double>& to) {
        if (!record) return;
        to = record->value;
        note(*record, what);
    };
    value(r.transition_temperature, "transition_temperature", out.transition_temperature);
    value(r.cation_density, "cation_density", out.cation_density);
    value(r.thermal_conductivity, "thermal_conductivity", out.thermal_conductivity);
    if (r.absorption) {
        out.absorption_wavelengths = r.absorption->wavelengths;
        out.absorptions = r.absorption->values;
        note(*r.absorption, "absorption");
    }
    for (const PairRecord& pair : r.exchange) out.pairs.push_back(pair_of(pair));
    return out;
}

config::Json glass_record_keys() { return glass_schema().json_schema(); }

}  // namespace vitral::records
