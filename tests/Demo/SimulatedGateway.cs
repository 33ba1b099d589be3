using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotTelemetry.Demo;

/// <summary>A gateway on one of the simulated boards of <c>hardware-docs/simulated</c>.</summary>
/// <param name="BoardFile">The name of the board file, without <c>.json</c>.</param>
public sealed record SimulatedGateway(string BoardFile)
{
    private static readonly JsonDocumentOptions Json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The demo's three: a car park, a street, a feeder.</summary>
    public static IReadOnlyList<SimulatedGateway> Demo { get; } = [new("car-park"), new("street"), new("feeder")];

    /// <summary>The board file with this run's broker and state folder in place of its own; one gateway need not spare its broker a crowd.</summary>
    public string Configuration(string mqtt, string stateDirectory)
    {
        var path = Path.Combine(Checkout.Root, "hardware-docs", "simulated", $"{BoardFile}.json");
        var board = JsonNode.Parse(File.ReadAllText(path), documentOptions: Json)!;
        board["state"] = stateDirectory;
        board["mqtt"] = new JsonObject { ["endpoint"] = $"mqtt://{mqtt}", ["reconnectMinimumSeconds"] = 0.5 };
        return board.ToJsonString();
    }
}
