#include "medium/formula.hpp"

#include <muParser.h>

#include <cmath>
#include <stdexcept>

namespace vitral::medium {

struct Formula::Parser {
    double x = 0.0, y = 0.0, z = 0.0;
    mu::Parser parser;
};

Formula::Formula(const std::string& text, const std::map<std::string, double>& constants)
    : parser_(std::make_unique<Parser>()) {
    try {
        mu::Parser& p = parser_->parser;
        p.DefineVar("x", &parser_->x);
        p.DefineVar("y", &parser_->y);
        p.DefineVar("z", &parser_->z);
        if (!constants.count("pi")) p.DefineConst("pi", 3.141592653589793238);
        for (const auto& [name, value] : constants) p.DefineConst(name, value);
        p.SetExpr(text);
        const auto used = p.GetUsedVar();
        uses_z_ = used.count("z") > 0;
        varies_across_ = used.count("x") > 0 || used.count("y") > 0;
        p.Eval();
    } catch (const mu::Parser::exception_type& failure) {
        throw std::invalid_argument(failure.GetMsg());
    }
}

Formula::~Formula() = default;
Formula::Formula(Formula&&) noexcept = default;

double Formula::operator()(double x, double y, double z) const {
    parser_->x = x * 1e6;
    parser_->y = y * 1e6;
    parser_->z = z * 1e6;
    return parser_->parser.Eval();
}

std::optional<std::string> formula_error(const std::string& text, const std::map<std::string, double>& constants) {
    try {
        const Formula formula(text, constants);
        const double n = formula(0.0, -1e-6, 0.0);
        if (!std::isfinite(n)) return "is not finite at x = 0, y = -1 um";
        return {};
    } catch (const std::invalid_argument& failure) {
        return failure.what();
    }
}

}  // namespace vitral::medium
