namespace IotTelemetry.Cloud.Commands;

/// <summary>The words that stages have in the store, the API and the command line: their names in lower case.</summary>
internal static class StageName
{
    private static readonly string[] Names = [.. Enum.GetNames<CommandStage>().Select(name => name.ToLowerInvariant())];

    public static IReadOnlyList<string> All => Names;

    public static string Of(CommandStage stage) => Names[(int)stage];

    /// <exception cref="FormatException">It is no stage.</exception>
    public static CommandStage Parse(string name) => TryParse(name, out CommandStage stage)
        ? stage
        : throw new FormatException($"'{name}' is no stage of a command; allowed are {string.Join(", ", Names)}");

    public static bool TryParse(string name, out CommandStage stage)
    {
        int index = Array.IndexOf(Names, name);
        stage = (CommandStage)Math.Max(index, 0);
        return index >= 0;
    }
}
