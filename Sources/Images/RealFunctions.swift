import Glibc

extension Double {
  /// The natural logarithm.
  var logarithm: Double { log(self) }
  /// The logarithm to base 10.
  var decimalLogarithm: Double { log10(self) }
  /// e to this power.
  var exponential: Double { exp(self) }
  /// 10 to this power; exact for whole powers where a Double is.
  var powerOfTen: Double { pow(10, self) }
  /// -1, 0 or 1.
  var signum: Double { self > 0 ? 1 : self < 0 ? -1 : 0 }
}
