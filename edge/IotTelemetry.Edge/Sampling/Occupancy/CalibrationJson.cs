using System.Text.Json.Serialization;

namespace IotTelemetry.Edge.Sampling.Occupancy;

/// <summary>Source-generated JSON of the file of calibrations.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SortedDictionary<string, Calibration>))]
internal sealed partial class CalibrationJson : JsonSerializerContext;
