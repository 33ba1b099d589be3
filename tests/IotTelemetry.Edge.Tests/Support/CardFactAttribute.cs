namespace IotTelemetry.Edge.Tests;

/// <summary>A test that wants a card that can be pulled out; skipped where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CardFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Obstacle = new(CardImage.Obstacle);

    public CardFactAttribute() => Skip = Obstacle.Value;
}
