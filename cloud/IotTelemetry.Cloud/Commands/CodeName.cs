using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>The words that codes have on the wire, in the store and in the API.</summary>
internal static class CodeName
{
    private static readonly FrozenDictionary<CommandCode, string> Names = Enum.GetValues<CommandCode>().ToFrozenDictionary(
        code => code,
        code => typeof(CommandCode).GetField(code.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name);

    public static string Of(CommandCode code) => Names[code];
}
