using System.Text.Json.Serialization;
using IotTelemetry.Edge.Live;

namespace IotTelemetry.Edge.Control;

/// <summary>Source-generated JSON of the control socket.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlProblem))]
[JsonSerializable(typeof(PointLine))]
internal sealed partial class ControlJson : JsonSerializerContext;
